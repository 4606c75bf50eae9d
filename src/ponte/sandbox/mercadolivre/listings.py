"""All listings of the fake, and the ways to find them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ponte.sandbox.mercadolivre.categories import fold
from ponte.sandbox.mercadolivre.listing import Listing


class Listings:
    """Listings by id, seller, SKU and universal code. Closed ones stay: the vendor keeps them too."""

    def __init__(self, *, first_number: int) -> None:
        self._number = first_number
        self._by_id: dict[str, Listing] = {}
        self._of_seller: defaultdict[int, list[Listing]] = defaultdict(list)
        self._by_sku: defaultdict[tuple[int, str], list[Listing]] = defaultdict(list)
        self._by_gtin: defaultdict[str, list[Listing]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Listing]:
        return iter(self._by_id.values())

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def get(self, item_id: str) -> Listing | None:
        return self._by_id.get(item_id)

    def add(self, listing: Listing) -> None:
        self._by_id[listing.id] = listing
        self._of_seller[listing.seller_id].append(listing)
        self._index(listing)

    def rename(self, listing: Listing, *, skus: tuple[str, ...], gtins: tuple[str, ...]) -> None:
        """Keep the indexes right after the listing's SKUs or universal codes changed."""
        if (skus, gtins) == (listing.skus, listing.gtins):
            return
        for sku in set(listing.skus):
            self._by_sku[listing.seller_id, sku].remove(listing)
        for gtin in set(listing.gtins):
            self._by_gtin[gtin].remove(listing)
        listing.skus, listing.gtins = skus, gtins
        self._index(listing)

    def _index(self, listing: Listing) -> None:
        for sku in set(listing.skus):
            self._by_sku[listing.seller_id, sku].append(listing)
        for gtin in set(listing.gtins):
            self._by_gtin[gtin].append(listing)

    def of_seller(self, seller_id: int) -> list[Listing]:
        return self._of_seller.get(seller_id, [])

    def with_sku(self, seller_id: int, sku: str) -> list[Listing]:
        return self._by_sku.get((seller_id, sku), [])

    def by_sku(self) -> Iterator[tuple[int, str, list[Listing]]]:
        for (seller_id, sku), listings in self._by_sku.items():
            if listings:
                yield seller_id, sku, listings

    def uses_otherwise(self, gtins: Iterable[str], *, brand: str, domain_id: str, besides: str = "") -> bool:
        """Whether an open listing has one of the codes with another brand or in another domain."""
        own = (fold(brand), domain_id)
        return any((rival := self._open_with(gtin, besides)) and _kind(rival) != own for gtin in gtins)

    def _open_with(self, gtin: str, besides: str) -> Listing | None:
        """Any open listing with the code stands for all of them: one of another kind would have been refused."""
        rivals = self._by_gtin.get(gtin, ())
        return next((one for one in rivals if not one.is_closed and one.id != besides), None)


def _kind(listing: Listing) -> tuple[str, str]:
    attributes = listing.body["attributes"]
    brand = next((str(one["value_name"]) for one in attributes if one["id"] == "BRAND"), "")
    return fold(brand), listing.body["domain_id"]
