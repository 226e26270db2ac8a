using Semblance.Tensors;

namespace Semblance.Tests;

public class SimilarityTests
{
    public static TheoryData<SimilarityFunction> Functions => [.. Enum.GetValues<SimilarityFunction>()];

    [Theory]
    [InlineData(SimilarityFunction.Cosine, "cos_sim", "pairwise_cos_sim")]
    [InlineData(SimilarityFunction.DotProduct, "dot_score", "pairwise_dot_score")]
    [InlineData(SimilarityFunction.Euclidean, "euclidean_sim", "pairwise_euclidean_sim")]
    [InlineData(SimilarityFunction.Manhattan, "manhattan_sim", "pairwise_manhattan_sim")]
    public void Scores_equal_those_of_sentence_transformers(SimilarityFunction similarity, string matrix, string pairwise)
    {
        Tensor a = Vectors.Recorded("a"), b = Vectors.Recorded("b");
        var scores = Similarity.Matrix(a, b, similarity);
        scores.Shape.ToArray().ShouldBe([12, 20]);
        scores.Values.ShouldBeNear(Vectors.Recorded(matrix).Values, 1e-5);
        var firstRows = Tensor.From(b.Values[..a.Length], a.Rows, a.Columns);
        ((ReadOnlySpan<float>)Similarity.Pairwise(a, firstRows, similarity)).ShouldBeNear(Vectors.Recorded(pairwise).Values, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_score_has_the_same_bits_alone_and_in_any_company(SimilarityFunction similarity)
    {
        Tensor a = Vectors.Random(1, 500, 100), b = Vectors.Random(2, 75, 100);
        var all = Similarity.Matrix(a, b, similarity);
        foreach (var i in new[] { 0, 13, 447, 448, 499 })
        {
            foreach (var j in new[] { 0, 31, 32, 74 })
            {
                Tensor left = Tensor.From(a.Row(i), 1, 100), right = Tensor.From(b.Row(j), 100);
                Similarity.Matrix(left, right, similarity).Values[0].ShouldBe(all.Row(i)[j]);
                Similarity.Matrix(right, left, similarity).Values[0].ShouldBe(all.Row(i)[j]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_length_gives_the_same_in_a_matrix_and_pair_by_pair(SimilarityFunction similarity)
    {
        for (var columns = 1; columns <= 130; columns++)
        {
            Tensor a = Vectors.Random(columns, 5, columns), b = Vectors.Random(1000 + columns, 5, columns);
            var matrix = Similarity.Matrix(a, b, similarity);
            var pairs = Similarity.Pairwise(a, b, similarity);
            for (var i = 0; i < 5; i++)
            {
                pairs[i].ShouldBe(Similarity.Of(a.Row(i), b.Row(i), similarity));
                matrix.Row(i)[i].ShouldBe(pairs[i], 2e-5);
            }
        }
    }

    [Theory]
    [InlineData(SimilarityFunction.Euclidean)]
    [InlineData(SimilarityFunction.Manhattan)]
    public void Equal_vectors_are_exactly_0_apart_and_near_ones_keep_their_digits(SimilarityFunction similarity)
    {
        var a = Vectors.Random(1, 3, 70);
        var near = Tensor.From(a.Values, 3, 70);
        near.Writable[0] = MathF.BitIncrement(a.Values[0]);
        var gap = near.Values[0] - a.Values[0];
        Similarity.Matrix(a, a, similarity).Row(1)[1].ShouldBe(0);
        Similarity.Pairwise(a, a, similarity).ShouldBe([0, 0, 0]);
        Similarity.Matrix(a, near, similarity).Row(0)[0].ShouldBe(-gap);
        Similarity.Of(a.Row(0), near.Row(0), similarity).ShouldBe(-gap);
    }

    [Fact]
    public void A_zero_vector_has_cosine_0_with_everything()
    {
        Tensor zero = Tensor.Zeros(1, 20), b = Vectors.Random(1, 4, 20);
        Similarity.Matrix(zero, b).Values.ToArray().ShouldBe([0, 0, 0, 0]);
        Similarity.Matrix(zero, zero).Values[0].ShouldBe(0);
        Similarity.Of(zero.Row(0), b.Row(0)).ShouldBe(0);
        Similarity.Of([], []).ShouldBe(0);
    }

    [Fact]
    public void A_cosine_does_not_overflow()
    {
        var huge = Tensor.From([1e30f, 1e30f, 1e30f, -1e30f], 2, 2);
        Similarity.Matrix(huge, huge).Row(0)[0].ShouldBe(1, 1e-6);
        Similarity.Of(huge.Row(0), huge.Row(1)).ShouldBe(0);
        Similarity.Of([1e-20f, 0], [1e-30f, 0]).ShouldBe(1e-26f, 1e-31); // shorter than 10⁻¹² counts as 10⁻¹²
    }

    [Fact]
    public void Nothing_compared_with_something_is_an_empty_matrix() =>
        Similarity.Matrix(Tensor.Zeros(0, 5), Tensor.Zeros(3, 5)).Shape.ToArray().ShouldBe([0, 3]);

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Should.Throw<ArgumentException>(() => Similarity.Matrix(Tensor.Zeros(2, 4), Tensor.Zeros(2, 3)))
            .Message.ShouldContain("Vectors of 3 dimensions cannot be compared with vectors of 4");
        Should.Throw<ArgumentException>(() => Similarity.Pairwise(Tensor.Zeros(2, 4), Tensor.Zeros(3, 4)))
            .Message.ShouldContain("2 vectors cannot be paired with 3");
        Should.Throw<ArgumentException>(() => Similarity.Of([1, 2], [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => Similarity.Of([1], [1], (SimilarityFunction)9));
    }
}
