"""The kinds of products the made-up shop sells: names, variations, specifications, sizes, prices.

Brands are invented. The domain of each kind, and the names and values of its specifications, are those of the fake
marketplace, so that a mapping by name takes a sound SKU there.
"""

from __future__ import annotations

from dataclasses import dataclass

Choice = tuple[str, tuple[str, ...]]
"""A specification's name and the values it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of product, the leaf of the category tree.

    `axes` are SKU specifications: the SKUs of a product differ by them. `facts` are product specifications, of
    which each product has one value ("{line}" is the product's line); a "Modelo" is added to all. `required` are
    those without which the marketplace refuses the product. `price` in reais, `size` packed height, width, length
    in cm, `weight` in g.
    """

    department: str
    leaf: str
    noun: str
    domain: str
    brands: tuple[str, ...]
    lines: tuple[str, ...]
    axes: tuple[Choice, ...]
    facts: tuple[Choice, ...] = ()
    required: tuple[str, ...] = ("Modelo",)
    price: tuple[int, int]
    size: tuple[int, int, int]
    weight: int


HOME = ("Lumina", "Voltare", "Aurora Lar", "Britaluz", "Casa Nobre")
TECH = ("Sabiá", "Nimbus", "Kairo", "Zênite", "Orbe")
FASHION = ("Mirante", "Jangada", "Pampa", "Ipê Amarelo", "Quaresma")
SPORT = ("Andarilho", "Trilha Sul", "Vento Norte", "Serrano", "Cerrado")
TOOLS = ("Tupã", "Ferrabraz", "Oficina Sul")
FURNITURE = ("Casa Nobre", "Itaúna", "Veleiro")
LINEN = ("Quaresma", "Algodoal", "Casa Nobre")

COLOUR: Choice = ("Cor", ("Preto", "Branco", "Azul", "Vermelho", "Verde", "Rosa"))
PLAIN_COLOUR: Choice = ("Cor", ("Preto", "Branco", "Vermelho"))
VOLTAGE: Choice = ("Voltagem", ("110V", "220V"))
SHOE_SIZE: Choice = ("Tamanho", tuple(f"{size} BR" for size in range(34, 45)))
LETTER_SIZE: Choice = ("Tamanho", ("P", "M", "G", "GG"))
NUMBER_SIZE: Choice = ("Tamanho", ("38", "40", "42", "44", "46"))
GENDER: Choice = ("Gênero", ("Masculino", "Feminino", "Sem gênero"))
RAM: Choice = ("Memória RAM", ("4 GB", "8 GB", "16 GB"))

FAMILIES: tuple[Family, ...] = (
    Family(
        department="Calçados", leaf="Tênis", noun="Tênis", domain="MLB-SNEAKERS", brands=SPORT,
        lines=("Corrida Leve", "Urbano", "Maratona", "Flexível"), axes=(COLOUR, SHOE_SIZE),
        facts=(GENDER, ("Material do calçado", ("Têxtil", "Sintético", "Couro"))),
        required=("Modelo", "Gênero", "Cor", "Tamanho"), price=(149, 699), size=(12, 20, 32), weight=900,
    ),
    Family(
        department="Calçados", leaf="Sandálias", noun="Sandália", domain="MLB-SANDALS_AND_CLOGS", brands=FASHION,
        lines=("Praia", "Conforto", "Anabela"), axes=(COLOUR, SHOE_SIZE),
        facts=(GENDER, ("Material do calçado", ("Borracha", "Couro", "Sintético"))),
        required=("Modelo", "Gênero", "Cor", "Tamanho"), price=(39, 259), size=(11, 16, 28), weight=450,
    ),
    Family(
        department="Moda", leaf="Camisetas", noun="Camiseta", domain="MLB-T_SHIRTS", brands=FASHION,
        lines=("Básica", "Estampada", "Dry"), axes=(COLOUR, LETTER_SIZE),
        facts=(GENDER, ("Material principal", ("Algodão", "Poliéster"))),
        required=("Gênero", "Cor", "Tamanho"), price=(29, 189), size=(3, 24, 30), weight=190,
    ),
    Family(
        department="Moda", leaf="Vestidos", noun="Vestido", domain="MLB-DRESSES", brands=FASHION,
        lines=("Floral", "Festa", "Verão"), axes=(COLOUR, NUMBER_SIZE),
        facts=(("Gênero", ("Feminino",)), ("Comprimento do vestido", ("Curto", "Midi", "Longo"))),
        required=("Gênero", "Cor", "Tamanho"), price=(89, 599), size=(4, 26, 34), weight=380,
    ),
    Family(
        department="Moda", leaf="Calças", noun="Calça", domain="MLB-PANTS", brands=FASHION,
        lines=("Jeans Reta", "Moletom", "Sarja Slim"), axes=(COLOUR, NUMBER_SIZE),
        facts=(GENDER, ("Material principal", ("Jeans", "Moletom", "Sarja"))),
        required=("Gênero", "Cor", "Tamanho"), price=(79, 399), size=(5, 28, 36), weight=620,
    ),
    Family(
        department="Mochilas", leaf="Mochilas escolares", noun="Mochila", domain="MLB-BACKPACKS",
        brands=("Trilha Sul", "Jangada", "Curumim"), lines=("Executiva", "Escolar", "Trekking"), axes=(COLOUR,),
        facts=(("Capacidade", ("20 L", "30 L", "40 L")), ("Material", ("Poliéster", "Nylon", "Lona"))),
        required=("Modelo", "Cor"), price=(69, 499), size=(14, 34, 48), weight=850,
    ),
    Family(
        department="Relógios", leaf="Relógios de pulso", noun="Relógio", domain="MLB-WRISTWATCHES",
        brands=("Horizonte", "Zênite", "Pontual"), lines=("Clássico", "Esportivo", "Cronógrafo"),
        axes=(PLAIN_COLOUR,),
        facts=(
            GENDER,
            ("Material da pulseira", ("Aço inoxidável", "Couro", "Silicone")),
            ("Tipo de relógio", ("Analógico", "Digital")),
        ),
        required=("Modelo", "Gênero"), price=(99, 1899), size=(9, 10, 12), weight=260,
    ),
    Family(
        department="Celulares", leaf="Smartphones", noun="Smartphone", domain="MLB-CELLPHONES", brands=TECH,
        lines=("One 5G", "Max Pro", "Lite 4G"), axes=(COLOUR, ("Memória interna", ("128 GB", "256 GB"))),
        facts=(
            ("Memória RAM", ("4 GB", "8 GB")),
            ("Número de homologação da Anatel", ("045122409876", "012342312345", "078902498765")),
            ("Sistema operacional", ("Android",)),
        ),
        required=("Modelo", "Cor", "Memória interna", "Memória RAM"), price=(799, 5999), size=(6, 10, 18), weight=420,
    ),
    Family(
        department="Informática", leaf="Notebooks", noun="Notebook", domain="MLB-NOTEBOOKS", brands=TECH,
        lines=("Book 14", "Gamer 15", "Air 13"), axes=(("Cor", ("Preto", "Branco", "Azul")), RAM),
        facts=(("Marca do processador", ("Intel", "AMD")), ("Capacidade do SSD", ("256 GB", "512 GB"))),
        required=("Modelo", "Marca do processador", "Memória RAM"),
        price=(2199, 9999), size=(8, 32, 45), weight=2600,
    ),
    Family(
        department="Informática", leaf="Monitores", noun="Monitor", domain="MLB-COMPUTER_MONITORS", brands=TECH,
        lines=("Office", "Gamer 144Hz", "Curvo"), axes=(PLAIN_COLOUR,),
        facts=(("Tamanho da tela", ('24 "', '27 "', '32 "')), ("Tipo de resolução", ("Full HD", "4K"))),
        required=("Modelo", "Tamanho da tela"), price=(599, 2999), size=(45, 18, 70), weight=5800,
    ),
    Family(
        department="Informática", leaf="Mouses", noun="Mouse", domain="MLB-COMPUTER_MICE", brands=TECH,
        lines=("Silent", "Ergo", "Gamer RGB"), axes=(COLOUR,),
        facts=(("É sem fio", ("Sim", "Não")), ("Com Bluetooth", ("Sim", "Não"))),
        price=(39, 399), size=(5, 12, 16), weight=160,
    ),
    Family(
        department="Áudio", leaf="Caixas de som", noun="Caixa de Som Bluetooth", domain="MLB-SPEAKERS", brands=TECH,
        lines=("S10", "Festa", "Pocket"), axes=(COLOUR,),
        facts=(("Potência", ("5 W", "20 W", "60 W")), ("Com Bluetooth", ("Sim",))),
        price=(79, 1299), size=(14, 14, 24), weight=900,
    ),
    Family(
        department="Áudio", leaf="Fones de ouvido", noun="Fone de Ouvido", domain="MLB-HEADPHONES", brands=TECH,
        lines=("Pods Air", "Studio", "Sport Fit"), axes=(COLOUR,),
        facts=(("Formato do fone de ouvido", ("In-ear", "On-ear", "Over-ear")), ("É sem fio", ("Sim", "Não"))),
        required=("Modelo", "Cor"), price=(49, 999), size=(6, 12, 16), weight=220,
    ),
    Family(
        department="TV", leaf="Smart TVs", noun="Smart TV", domain="MLB-TELEVISIONS", brands=TECH,
        lines=("Cinema", "Sala", "Gamer"), axes=(("Tamanho da tela", ('43 "', '50 "', '65 "')),),
        facts=(
            ("Tipo de resolução", ("Full HD", "4K")),
            ("Tipo de tela", ("LED", "QLED", "OLED")),
            ("Voltagem", ("Bivolt",)),
        ),
        required=("Modelo", "Tamanho da tela"), price=(1499, 6999), size=(82, 18, 140), weight=17500,
    ),
    Family(
        department="Eletrodomésticos", leaf="Geladeiras", noun="Geladeira", domain="MLB-REFRIGERATORS", brands=HOME,
        lines=("Frost Free", "Compacta", "Família"), axes=(VOLTAGE, PLAIN_COLOUR),
        facts=(("Capacidade em volume", ("300 L", "400 L", "450 L")), ("Eficiência energética", ("A", "B"))),
        required=("Voltagem", "Modelo"), price=(1899, 5499), size=(178, 70, 72), weight=68000,
    ),
    Family(
        department="Eletrodomésticos", leaf="Lavadoras", noun="Lavadora", domain="MLB-WASHING_MACHINES", brands=HOME,
        lines=("Turbo", "Silenciosa", "Inverter"), axes=(VOLTAGE, PLAIN_COLOUR),
        facts=(("Capacidade de lavagem", ("9 kg", "12 kg", "15 kg")), ("Tipo de abertura", ("Superior", "Frontal"))),
        required=("Voltagem", "Modelo"), price=(1299, 4299), size=(106, 62, 68), weight=42000,
    ),
    Family(
        department="Eletroportáteis", leaf="Fritadeiras", noun="Fritadeira Elétrica", domain="MLB-FRYERS",
        brands=HOME, lines=("Crocante", "Família", "Digital"), axes=(VOLTAGE, PLAIN_COLOUR),
        facts=(("Potência", ("1400 W", "1700 W")), ("Capacidade", ("4 L", "5 L", "7 L"))),
        required=("Voltagem", "Modelo"), price=(249, 799), size=(36, 32, 36), weight=4800,
    ),
    Family(
        department="Eletroportáteis", leaf="Liquidificadores", noun="Liquidificador", domain="MLB-BLENDERS",
        brands=HOME, lines=("Turbo", "Mega", "Prático"), axes=(VOLTAGE, PLAIN_COLOUR),
        facts=(("Potência", ("600 W", "900 W", "1200 W")), ("Capacidade", ("2 L", "3 L"))),
        required=("Voltagem", "Modelo"), price=(89, 329), size=(40, 22, 24), weight=2100,
    ),
    Family(
        department="Eletroportáteis", leaf="Cafeteiras", noun="Cafeteira", domain="MLB-COFFEE_MAKERS", brands=HOME,
        lines=("Manhã", "Duo", "Expresso"), axes=(VOLTAGE, PLAIN_COLOUR),
        facts=(("Tipo de cafeteira", ("Elétrica", "Expresso", "De cápsulas")), ("Capacidade", ("1 L", "2 L"))),
        required=("Voltagem", "Modelo"), price=(99, 899), size=(32, 22, 30), weight=2500,
    ),
    Family(
        department="Ferramentas", leaf="Furadeiras", noun="Furadeira de Impacto", domain="MLB-ELECTRIC_DRILLS",
        brands=TOOLS, lines=("Obra", "Casa", "Profissional"), axes=(VOLTAGE,),
        facts=(("Tipo de furadeira", ("Furadeira", "Parafusadeira")), ("Potência", ("650 W", "850 W"))),
        required=("Voltagem", "Modelo"), price=(149, 899), size=(12, 28, 34), weight=2300,
    ),
    Family(
        department="Ferramentas", leaf="Jogos de ferramentas", noun="Jogo de Ferramentas", domain="MLB-TOOL_SETS",
        brands=TOOLS, lines=("Básico", "Maleta", "Completo"), axes=(("Quantidade de peças", ("46", "100", "160")),),
        facts=(("Material", ("Aço cromo-vanádio", "Aço carbono")),),
        price=(79, 599), size=(10, 35, 45), weight=5200,
    ),
    Family(
        department="Móveis", leaf="Sofás", noun="Sofá", domain="MLB-SOFAS", brands=FURNITURE,
        lines=("Retrátil", "Cama", "Canto"), axes=(("Cor", ("Preto", "Branco", "Azul", "Verde")),),
        facts=(("Quantidade de lugares", ("2", "3", "5")), ("Material principal", ("Suede", "Linho"))),
        required=("Modelo", "Cor"), price=(899, 4299), size=(95, 90, 210), weight=58000,
    ),
    Family(
        department="Móveis", leaf="Cadeiras de escritório", noun="Cadeira de Escritório", domain="MLB-OFFICE_CHAIRS",
        brands=FURNITURE, lines=("Ergonômica", "Presidente", "Tela"), axes=(PLAIN_COLOUR,),
        facts=(("Material principal", ("Tela", "Couro sintético", "Tecido")),),
        price=(299, 1899), size=(35, 62, 64), weight=14000,
    ),
    Family(
        department="Cama, mesa e banho", leaf="Jogos de cama", noun="Jogo de Cama", domain="MLB-BED_SHEETS",
        brands=LINEN, lines=("Percal", "Malha", "Hotel"),
        axes=(("Cor", ("Branco", "Azul", "Rosa")), ("Tamanho da cama", ("Solteiro", "Casal", "Queen", "King"))),
        facts=(("Quantidade de fios", ("200", "300", "400")), ("Material", ("Algodão", "Percal", "Microfibra"))),
        required=("Tamanho da cama",), price=(69, 459), size=(10, 30, 38), weight=1500,
    ),
    Family(
        department="Cama, mesa e banho", leaf="Toalhas", noun="Toalha", domain="MLB-TOWELS", brands=LINEN,
        lines=("Fio Penteado", "Gigante", "Felpuda"), axes=(COLOUR, ("Tipo de toalha", ("Banho", "Rosto"))),
        facts=(("Material", ("Algodão",)),),
        required=("Tipo de toalha",), price=(24, 119), size=(8, 28, 36), weight=520,
    ),
    Family(
        department="Perfumaria", leaf="Perfumes", noun="Perfume", domain="MLB-PERFUMES",
        brands=("Flor de Lis", "Âmbar", "Brisa Mar"), lines=("Noite", "Essencial", "Cítrico"),
        axes=(("Volume da unidade", ("50 mL", "100 mL")),),
        facts=(GENDER, ("Nome do perfume", ("{line}",)), ("Tipo de perfume", ("Eau de parfum", "Deo colônia"))),
        required=("Nome do perfume", "Tipo de perfume", "Volume da unidade"),
        price=(79, 699), size=(6, 9, 15), weight=360,
    ),
    Family(
        department="Suplementos", leaf="Whey protein", noun="Whey Protein", domain="MLB-SUPPLEMENTS",
        brands=("Força Viva", "Nutrimax", "Cerrado Fit"), lines=("Concentrado", "Isolado", "Hidrolisado"),
        axes=(("Sabor", ("Chocolate", "Baunilha", "Morango")), ("Peso líquido", ("450 g", "900 g"))),
        facts=(("Tipo de suplemento", ("Proteína",)), ("Registro sanitário", ("6789012345678", "6123456789012"))),
        required=("Tipo de suplemento", "Peso líquido"), price=(69, 399), size=(24, 16, 16), weight=1050,
    ),
    Family(
        department="Brinquedos", leaf="Blocos de montar", noun="Blocos de Montar", domain="MLB-TOYS",
        brands=("Curumim", "Pipa", "Ciranda"), lines=("Cidade", "Fazenda", "Espacial"), axes=(COLOUR,),
        facts=(("Nome do brinquedo", ("{line}",)), ("Idade mínima recomendada", ("3 anos", "6 anos"))),
        required=("Nome do brinquedo",), price=(49, 399), size=(8, 28, 38), weight=950,
    ),
    Family(
        department="Esporte", leaf="Bicicletas", noun="Bicicleta", domain="MLB-BICYCLES", brands=SPORT,
        lines=("Trilha", "Passeio", "Urbana"), axes=(PLAIN_COLOUR, ("Aro", ("26", "29"))),
        facts=(("Material do quadro", ("Alumínio", "Aço carbono")), ("Quantidade de marchas", ("18", "21", "24"))),
        required=("Modelo", "Aro"), price=(799, 4999), size=(78, 22, 138), weight=16500,
    ),
    Family(
        department="Esporte", leaf="Bolas", noun="Bola de Futebol", domain="MLB-SPORT_BALLS", brands=SPORT,
        lines=("Campo", "Society", "Futsal"), axes=(COLOUR,), facts=(("Material", ("PU", "PVC")),),
        price=(49, 349), size=(22, 22, 22), weight=480,
    ),
    Family(
        department="Pet", leaf="Rações", noun="Ração", domain="MLB-CATS_AND_DOGS_FOODS",
        brands=("Fiel Amigo", "Patas", "Bicho Bom"), lines=("Premium", "Natural", "Castrados"),
        axes=(("Peso líquido", ("1 kg", "3 kg", "10 kg")),),
        facts=(("Animal", ("Cachorro", "Gato")), ("Sabor", ("Frango", "Carne", "Salmão"))),
        required=("Animal", "Peso líquido"), price=(24, 349), size=(12, 38, 60), weight=10200,
    ),
)  # fmt: skip

UNMAPPED = Family(
    department="Outlet", leaf="Saldos diversos", noun="Kit Surpresa", domain="", brands=("Casa Nobre", "Mirante"),
    lines=("Lote 1", "Lote 2", "Lote 3"), axes=(COLOUR,), facts=(("Material", ("Diversos",)),),
    price=(19, 99), size=(10, 20, 20), weight=500,
)  # fmt: skip
"""The kind that no mapping knows."""

BY_LEAF: dict[str, Family] = {family.leaf: family for family in (*FAMILIES, UNMAPPED)}

MARKETPLACE_CATEGORY: dict[str, str] = {family.leaf: family.domain for family in FAMILIES}
"""The leaf's name -> the fake marketplace's domain that suits it."""
