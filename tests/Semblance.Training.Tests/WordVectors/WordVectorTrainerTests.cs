using Semblance.Tensors;
using Semblance.Tensors.LinearAlgebra;
using Semblance.Tokenizers;
using Semblance.Training.WordVectors;

namespace Semblance.Training.Tests.WordVectors;

public class WordVectorTrainerTests
{
    private const int Words = 40;

    private static readonly Tokenizer Tokenizer = Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, Words).Select(i => $"w{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}")]);

    // Two topics of twenty words each; a text keeps to its topic.
    private static IEnumerable<string> Topics(int texts)
    {
        var random = new Random(5);
        return Enumerable.Range(0, texts).Select(text => string.Join(' ', Enumerable.Range(0, 12).Select(_ => Tokenizer.IdToToken(5 + (text % 2 * Words / 2) + random.Next(Words / 2)))));
    }

    [Fact]
    public void Words_of_the_same_company_are_near_each_other()
    {
        using var vectors = Train(Topics(400), new WordVectorOptions { Dimensions = 8 });
        vectors.Shape.ToArray().ShouldBe([Tokenizer.VocabularySize, 8]);
        var (within, across) = (new List<float>(), new List<float>());
        for (var a = 5; a < Tokenizer.VocabularySize; a++)
        {
            Dot(vectors, a, a).ShouldBe(1, 1e-5f);
            for (var b = 5; b < a; b++)
            {
                ((a - 5) / (Words / 2) == (b - 5) / (Words / 2) ? within : across).Add(Dot(vectors, a, b));
            }
        }

        within.Average().ShouldBeGreaterThan(across.Average() + 0.5f);
    }

    [Fact]
    public void The_matrix_is_the_smoothed_positive_mutual_information_of_its_definition()
    {
        int[] tokens = [0, 1, 2, 1, -1, 2, 0, 0, -1, 3, 1, 2];
        var matrix = AssociationMatrix.Of(tokens, 4, 2, 0.75, CancellationToken.None);
        var counts = new double[4, 4];
        for (var i = 0; i < tokens.Length; i++)
        {
            for (var j = Math.Max(0, i - 2); j <= Math.Min(tokens.Length - 1, i + 2); j++)
            {
                if (i != j && !tokens.AsSpan(Math.Min(i, j)..(Math.Max(i, j) + 1)).Contains(-1))
                {
                    counts[tokens[i], tokens[j]] += (3 - Math.Abs(i - j)) / 2.0;
                }
            }
        }

        var sums = Enumerable.Range(0, 4).Select(a => Enumerable.Range(0, 4).Sum(b => counts[a, b])).ToArray();
        var (total, smoothed) = (sums.Sum(), sums.Sum(sum => Math.Pow(sum, 0.75)));
        double Chance(int a) => Math.Sqrt(sums[a] / total * Math.Pow(sums[a], 0.75) / smoothed);
        var identity = new float[16];
        var dense = new float[16];
        for (var i = 0; i < 4; i++)
        {
            identity[(i * 4) + i] = 1;
        }

        matrix.Multiply(identity, dense, 4, CancellationToken.None);
        for (var a = 0; a < 4; a++)
        {
            for (var b = 0; b < 4; b++)
            {
                dense[(a * 4) + b].ShouldBe((float)Math.Max(0, Math.Log(counts[a, b] / total / (Chance(a) * Chance(b)))), 1e-5f);
            }
        }
    }

    [Fact]
    public void The_factors_are_the_eigenvectors_of_the_largest_eigenvalues()
    {
        var tokens = Topics(60).SelectMany(text => text.Split(' ').Select(word => Tokenizer.TokenToId(word)!.Value - 5).Append(-1)).ToArray();
        var matrix = AssociationMatrix.Of(tokens, Words, 3, 0.75, CancellationToken.None);
        var (identity, dense) = (new float[Words * Words], new float[Words * Words]);
        for (var i = 0; i < Words; i++)
        {
            identity[(i * Words) + i] = 1;
        }

        matrix.Multiply(identity, dense, Words, CancellationToken.None);
        var eigen = SymmetricEigen.Of([.. dense.Chunk(Words).Select(row => row.Select(value => (double)value).ToArray())]);
        int[] largest = [.. Enumerable.Range(0, Words).OrderByDescending(i => Math.Abs(eigen.Values[i])).Take(6)];
        using var factors = LowRankFactors.Of(matrix, 6, 12, 1, _ => { }, CancellationToken.None);
        for (var k = 0; k < 6; k++)
        {
            var expected = eigen.Vectors[largest[k]].Select(value => value * Math.Sqrt(Math.Abs(eigen.Values[largest[k]]))).ToArray();
            var sign = Math.Sign(Enumerable.Range(0, Words).Sum(row => expected[row] * factors.Row(row)[k]));
            for (var row = 0; row < Words; row++)
            {
                ((double)factors.Row(row)[k]).ShouldBe(sign * expected[row], 2e-3);
            }
        }
    }

    [Fact]
    public void The_same_texts_give_the_same_bits()
    {
        using var once = Train(Topics(50), new WordVectorOptions { Dimensions = 16 });
        using var again = Train(Topics(50), new WordVectorOptions { Dimensions = 16 });
        again.Values.SequenceEqual(once.Values).ShouldBeTrue();
    }

    [Fact]
    public void A_token_that_never_stands_beside_another_has_the_vector_zero()
    {
        using var vectors = Train(["wba wbb wba wbb", "waa"], new WordVectorOptions { Dimensions = 4 });
        vectors.Row(5).ToArray().ShouldAllBe(value => value == 0);
        vectors.Values.ContainsAnyExceptInRange(-1.0001f, 1.0001f).ShouldBeFalse();
    }

    [Fact]
    public void Without_neighbors_there_is_nothing_to_learn() =>
        Should.Throw<InvalidOperationException>(() => Train(["waa", "wab"], new WordVectorOptions { Dimensions = 4 })).Message.ShouldContain("running text");

    [Fact]
    public void More_dimensions_than_tokens_are_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new WordVectorTrainer(Tokenizer, new WordVectorOptions { Dimensions = 1000 }));

    private static Tensor Train(IEnumerable<string> texts, WordVectorOptions options)
    {
        var trainer = new WordVectorTrainer(Tokenizer, options);
        trainer.Add(texts);
        return trainer.Train();
    }

    private static float Dot(Tensor vectors, int a, int b) => System.Numerics.Tensors.TensorPrimitives.Dot(vectors.Row(a), vectors.Row(b));
}
