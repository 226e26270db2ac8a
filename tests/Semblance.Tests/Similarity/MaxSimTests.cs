using Semblance.Tensors;

namespace Semblance.Tests;

public class MaxSimTests
{
    private static readonly Tensor[] Texts = [.. Enumerable.Range(0, 9).Select(seed => Random(seed, seed == 4 ? 0 : 1 + (seed * 37 % 300)))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scores_are_those_of_all_tokens_compared_one_by_one(bool isMean)
    {
        var scores = MaxSim.Matrix(Texts, Texts, isMean);
        for (var q = 0; q < Texts.Length; q++)
        {
            for (var d = 0; d < Texts.Length; d++)
            {
                double expected = 0;
                for (var i = 0; i < Texts[q].Rows; i++)
                {
                    var best = double.NegativeInfinity;
                    for (var j = 0; j < Texts[d].Rows; j++)
                    {
                        best = Math.Max(best, Enumerable.Range(0, 16).Sum(k => (double)Texts[q].Row(i)[k] * Texts[d].Row(j)[k]));
                    }

                    expected += best;
                }

                expected = Texts[q].Rows == 0 ? 0 : Texts[d].Rows == 0 ? MaxSim.EmptyDocument : isMean ? expected / Texts[q].Rows : expected;
                scores.Row(q)[d].ShouldBe((float)expected, Math.Max(1e-3f, (float)Math.Abs(expected) * 1e-5f));
                scores.Row(q)[d].ShouldBe(MaxSim.Of(Texts[q], Texts[d], isMean)); // the same bits alone
            }
        }
    }

    [Fact]
    public void Vectors_that_differ_in_dimensions_are_refused()
    {
        Should.Throw<ArgumentException>(() => MaxSim.Of(Tensor.Zeros(2, 3), Tensor.Zeros(2, 4))).Message.ShouldContain("4");
        MaxSim.Matrix([], Texts).Rows.ShouldBe(0);
    }

    private static Tensor Random(int seed, int rows)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, rows * 16).Select(_ => random.NextSingle() - 0.5f)], rows, 16);
    }
}
