using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

public class GlobalOrthogonalRegularizationLossTests
{
    [Theory]
    [InlineData(1, 1, Aggregation.Mean)]
    [InlineData(0, 1, Aggregation.Sum)]
    [InlineData(2, 0.5f, Aggregation.Sum)]
    public void Value_is_that_of_the_formula_and_gradients_of_finite_differences(float meanWeight, float secondMomentWeight, Aggregation aggregation)
    {
        Tensor[] columns = [Random(1, 4, 3), Random(2, 4, 3)];
        var loss = new GlobalOrthogonalRegularizationLoss(new() { MeanWeight = meanWeight, SecondMomentWeight = secondMomentWeight, Aggregation = aggregation });
        var sum = columns.Sum(column =>
        {
            var others = Enumerable.Range(0, 16).Where(i => i / 4 != i % 4).Select(i => (double)Similarity.Of(column.Row(i / 4), column.Row(i % 4))).ToArray();
            return (meanWeight * Math.Pow(others.Average(), 2)) + (secondMomentWeight * Math.Max(0, others.Average(s => s * s) - (1.0 / 3)));
        });
        sum.ShouldBeGreaterThan(0);
        Value(loss, columns).ShouldBe((float)(aggregation == Aggregation.Sum ? sum : sum / 2), 1e-5f);
        CheckGradients(loss, columns);
    }

    [Fact]
    public void Vectors_at_right_angles_cost_nothing() =>
        Value(new GlobalOrthogonalRegularizationLoss(), [Tensor.From([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3)]).ShouldBe(0, 1e-7f);
}
