using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

/// <summary>Directions, partitions and hardness against the formula in doubles: −s(q, d) + ln Σ exp over what competes.</summary>
public class MultipleNegativesRankingLossTests
{
    private const int Rows = 4;
    private const double Scale = 5;
    private const RankingDirections All =
        RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery | RankingDirections.DocumentToDocument;

    private static readonly Tensor[] Columns = [Random(1, Rows, 3), Random(2, Rows, 3), Random(3, Rows, 3)];

    public static TheoryData<RankingDirections, PartitionMode> Modes => new()
    {
        { RankingDirections.QueryToDocument, PartitionMode.Joint },
        { RankingDirections.QueryToDocument, PartitionMode.PerDirection },
        { RankingDirections.QueryToDocument | RankingDirections.QueryToQuery, PartitionMode.Joint },
        { RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, PartitionMode.Joint },
        { RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, PartitionMode.PerDirection },
        { RankingDirections.QueryToDocument | RankingDirections.DocumentToDocument, PartitionMode.Joint },
        { All, PartitionMode.Joint },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void Value_is_that_of_the_formula_and_gradients_of_finite_differences(RankingDirections directions, PartitionMode mode)
    {
        var loss = new MultipleNegativesRankingLoss(new() { Scale = (float)Scale, Directions = directions, PartitionMode = mode });
        Value(loss, Columns).ShouldBe((float)Expected(directions, mode), 1e-5f);
        CheckGradients(new MultipleNegativesRankingLoss(new() { Scale = 2, Directions = directions, PartitionMode = mode }), Columns);
    }

    [Fact]
    public void Both_directions_for_themselves_are_the_symmetric_loss()
    {
        var both = new MultipleNegativesRankingLoss(new() { Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, PartitionMode = PartitionMode.PerDirection });
        Value(both, Columns).ShouldBe(Value(new MultipleNegativesSymmetricRankingLoss(), Columns));
    }

    [Theory]
    [InlineData(HardnessMode.InBatchNegatives)]
    [InlineData(HardnessMode.HardNegatives)]
    [InlineData(HardnessMode.AllNegatives)]
    public void Hardness_adds_to_similar_negatives_what_is_not_trained_on(HardnessMode mode)
    {
        const double Strength = 3;
        bool Counts(int row, int candidate) => mode switch
        {
            HardnessMode.InBatchNegatives => candidate % Rows != row,
            HardnessMode.HardNegatives => candidate == Rows + row,
            _ => candidate != row,
        };

        var loss = new MultipleNegativesRankingLoss(new() { Scale = (float)Scale, HardnessMode = mode, HardnessStrength = (float)Strength });
        Value(loss, Columns).ShouldBe((float)Expected(RankingDirections.QueryToDocument, PartitionMode.Joint, (row, candidate, s) => Counts(row, candidate) ? Strength * s : 0), 1e-5f);

        // The gradient of a candidate is its probability, with the addition, times that of its scaled similarity: the addition itself is a constant.
        var constants = Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, 2 * Rows).Select(candidate => Counts(row, candidate) ? Strength * Documents(row, candidate) : 0).ToArray()).ToArray();
        var gradient = Gradients(loss, Columns)[0];
        for (var i = 0; i < Columns[0].Length; i++)
        {
            var value = Columns[0].Values[i];
            double At(double shift)
            {
                Columns[0].Writable[i] = (float)(value + shift);
                return Expected(RankingDirections.QueryToDocument, PartitionMode.Joint, (row, candidate, _) => constants[row][candidate]);
            }

            var slope = (At(Step) - At(-Step)) / (2 * Step);
            Columns[0].Writable[i] = value;
            gradient[i].ShouldBe((float)slope, 5e-3f);
        }
    }

    [Fact]
    public void Equal_texts_are_no_negatives_in_any_direction()
    {
        // The third row is the first once more: with its texts known, it changes nothing for the others.
        Tensor a = Random(1, 2, 3), b = Random(2, 2, 3);
        static Tensor Twice(Tensor x) => Tensor.From([.. x.Values, .. x.Row(0)], 3, 3);
        using var run = new Computation();
        var loss = new MultipleNegativesRankingLoss(new() { Directions = RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToDocument });
        float Of(Tensor[] columns, int[][] texts) => loss.Forward(run, new LossInput(columns) { TextNumbers = texts }).Values[0];
        var one = Of([Slice(a, 0), Slice(b, 0), Slice(b, 1)], [[0], [2], [3]]);
        one.ShouldBeGreaterThan(0);
        var rows = Of([Twice(a), Twice(b)], [[0, 1, 0], [2, 3, 2]]);
        var first = Of([a, b], [[0, 1], [2, 3]]);
        rows.ShouldBeGreaterThan(first * 0.5f);
        Of([Tensor.From([.. a.Row(0), .. a.Row(0)], 2, 3), Tensor.From([.. b.Row(0), .. b.Row(0)], 2, 3)], [[0, 0], [2, 2]]).ShouldBe(0, 1e-6f);
    }

    private static Tensor Slice(Tensor x, int row) => Tensor.From(x.Row(row), 1, x.Columns);

    private static double Documents(int row, int candidate) => Similarity.Of(Columns[0].Row(row), Columns[1 + (candidate / Rows)].Row(candidate % Rows));

    private static double Expected(RankingDirections directions, PartitionMode mode, Func<int, int, double, double>? added = null)
    {
        double sum = 0;
        for (var row = 0; row < Rows; row++)
        {
            var all = Enumerable.Range(0, Rows).ToArray();
            var parts = new List<double[]> { Enumerable.Range(0, 2 * Rows).Select(candidate => (Scale * Documents(row, candidate)) + (added?.Invoke(row, candidate, Documents(row, candidate)) ?? 0)).ToArray() };
            if (directions.HasFlag(RankingDirections.QueryToQuery))
            {
                parts.Add([.. all.Where(other => other != row).Select(other => Scale * Similarity.Of(Columns[0].Row(row), Columns[0].Row(other)))]);
            }

            if (directions.HasFlag(RankingDirections.DocumentToQuery))
            {
                parts.Add([.. all.Select(other => Scale * Similarity.Of(Columns[1].Row(row), Columns[0].Row(other)))]);
            }

            if (directions.HasFlag(RankingDirections.DocumentToDocument))
            {
                parts.Add([.. all.Where(other => other != row).SelectMany(other => Columns[1..].Select(column => Scale * Similarity.Of(Columns[1].Row(row), column.Row(other))))]);
            }

            static double LogSum(IEnumerable<double> scores) => Math.Log(scores.Sum(Math.Exp));
            var logZ = mode == PartitionMode.Joint ? LogSum(parts.SelectMany(part => part)) : parts.Average(LogSum);
            sum += logZ - (Scale * Documents(row, row));
        }

        return sum / Rows;
    }
}
