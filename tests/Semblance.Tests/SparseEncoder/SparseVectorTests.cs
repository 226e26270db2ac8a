using Semblance.Tensors;

namespace Semblance.Tests;

public class SparseVectorTests
{
    private static readonly SparseVector[] Vectors = [.. Enumerable.Range(0, 12).Select(seed => Random(seed))];

    [Theory]
    [InlineData(SimilarityFunction.Cosine)]
    [InlineData(SimilarityFunction.DotProduct)]
    [InlineData(SimilarityFunction.Euclidean)]
    [InlineData(SimilarityFunction.Manhattan)]
    public void Scores_are_those_of_the_same_vectors_with_their_zeros(SimilarityFunction similarity)
    {
        var scores = SparseSimilarity.Matrix(Vectors, Vectors, similarity);
        for (var i = 0; i < Vectors.Length; i++)
        {
            for (var j = 0; j < Vectors.Length; j++)
            {
                scores.Row(i)[j].ShouldBe(Similarity.Of(Vectors[i].ToDense(), Vectors[j].ToDense(), similarity), 1e-5f);
                scores.Row(i)[j].ShouldBe(SparseSimilarity.Of(Vectors[i], Vectors[j], similarity));
                scores.Row(i)[j].ShouldBe(scores.Row(j)[i], 1e-6f);
            }
        }

        SparseSimilarity.Pairwise(Vectors, Vectors, similarity).ShouldBe(Enumerable.Range(0, Vectors.Length).Select(i => scores.Row(i)[i]));
        SparseSimilarity.Matrix([], Vectors, similarity).Shape.ToArray().ShouldBe([0, 12]);
        var zero = new SparseVector(40, [], []);
        float.IsFinite(SparseSimilarity.Of(zero, Vectors[0], similarity)).ShouldBeTrue();
    }

    [Fact]
    public void The_intersection_adds_up_to_the_dot_product_of_positive_vectors()
    {
        foreach (var (a, b) in Vectors.Zip(Vectors.Skip(1)))
        {
            var shared = a.Intersection(b);
            shared.Values.ToArray().Sum().ShouldBe(SparseSimilarity.Of(a, b), 1e-5f);
            shared.Indices.ToArray().ShouldBe(a.Indices.ToArray().Intersect(b.Indices.ToArray()));
        }
    }

    [Fact]
    public void The_largest_elements_are_kept_and_the_first_of_equals()
    {
        var vector = SparseVector.From([0, 3, 1, 3, 0, 2, 3]);
        vector.Largest(2).Indices.ToArray().ShouldBe([1, 3]);
        vector.Largest(4).ToDense().ShouldBe([0, 3, 0, 3, 0, 2, 3]);
        vector.Largest(9).ShouldBeSameAs(vector);
        vector.ToDense().ShouldBe([0, 3, 1, 3, 0, 2, 3]);
    }

    [Fact]
    public void Places_that_do_not_rise_or_lie_outside_are_refused()
    {
        Should.Throw<ArgumentException>(() => new SparseVector(3, [1, 1], [1, 2]));
        Should.Throw<ArgumentException>(() => new SparseVector(3, [3], [1]));
        Should.Throw<ArgumentException>(() => new SparseVector(3, [-1], [1]));
        Should.Throw<ArgumentException>(() => new SparseVector(3, [1], []));
        Should.Throw<ArgumentException>(() => SparseSimilarity.Of(new SparseVector(3, [], []), new SparseVector(4, [], []))).Message.ShouldContain("4");
    }

    private static SparseVector Random(int seed)
    {
        var random = new Random(seed);
        return SparseVector.From([.. Enumerable.Range(0, 40).Select(_ => random.Next(3) == 0 ? random.NextSingle() : 0)]);
    }
}
