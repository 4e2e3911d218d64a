-- The commonest genotypes of the world are counted from this index alone, without a look at every taxon that ever was.
CREATE INDEX taxa_living_genotypes ON taxa (world, genotype, living, island) WHERE living > 0;
