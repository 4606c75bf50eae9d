"""What is learnt of a marketplace: asked once, kept, read anew."""
