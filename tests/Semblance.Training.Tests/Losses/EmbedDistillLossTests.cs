using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

public class EmbedDistillLossTests
{
    private static readonly Tensor[] Students = [Random(1, 3, 4), Random(2, 3, 4)];
    private static readonly Tensor[] Teachers = [Random(3, 3, 4), Random(4, 3, 4)];

    // Of each row the teacher's vector of the first column, then that of the second.
    private static Tensor Both => Tensor.From([.. Enumerable.Range(0, 3).SelectMany(row => (float[])[.. Teachers[0].Row(row), .. Teachers[1].Row(row)])], 3, 8);

    [Theory]
    [InlineData(EmbeddingDistance.Cosine)]
    [InlineData(EmbeddingDistance.Euclidean)]
    [InlineData(EmbeddingDistance.MeanSquaredError)]
    public void Each_column_is_compared_with_its_teacher_or_all_with_the_same(EmbeddingDistance distance)
    {
        var loss = new EmbedDistillLoss(new() { Distance = distance });
        Value(loss, Students, Both).ShouldBe((float)Expected(distance, [.. Students.Zip(Teachers)]), 1e-6f);
        Value(loss, Students, Teachers[0]).ShouldBe((float)Expected(distance, [(Students[0], Teachers[0]), (Students[1], Teachers[0])]), 1e-6f);
        CheckGradients(loss, Students, Both);
    }

    [Fact]
    public void The_squared_error_is_the_older_loss() =>
        Value(new MSELoss(), Students, Both).ShouldBe(Value(new EmbedDistillLoss(new() { Distance = EmbeddingDistance.MeanSquaredError }), Students, Both));

    [Fact]
    public void A_projection_bridges_dimensions_and_is_trained()
    {
        var loss = new EmbedDistillLoss(new() { Distance = EmbeddingDistance.MeanSquaredError, Projection = EmbedDistillLoss.NewProjection(4, 6, seed: 3) });
        var teacher = Random(5, 3, 6);
        CheckGradients(loss, Students, teacher);
        loss.Parameters().Select(parameter => parameter.Name).ShouldBe(["projection.weight", "projection.bias"]);
        loss.Parameters().All(parameter => parameter.Value.Gradient!.Values.ToArray().Any(g => g != 0)).ShouldBeTrue();
        new MSELoss(new() { Projection = EmbedDistillLoss.NewProjection(4, 6) }).Settings.Projection!.Outputs.ShouldBe(6);
        new EmbedDistillLoss().Parameters().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(EmbeddingDistance.Cosine)]
    [InlineData(EmbeddingDistance.Euclidean)]
    public void Equal_vectors_cost_nothing_and_have_finite_gradients(EmbeddingDistance distance)
    {
        var loss = new EmbedDistillLoss(new() { Distance = distance });
        Value(loss, [Students[0]], Students[0]).ShouldBe(0, 1e-6f);
        Gradients(loss, [Tensor.From(Students[0].Values, 3, 4)], Students[0])[0].ShouldAllBe(g => float.IsFinite(g));
    }

    [Fact]
    public void A_teachers_vectors_are_cut_with_the_students()
    {
        double Cut(int dimension, Func<int, Tensor> teacher) => Enumerable.Range(0, 2).Average(column => Enumerable.Range(0, 3).Average(row =>
        {
            var student = Students[column].Row(row)[..dimension].ToArray();
            var length = Math.Sqrt(student.Sum(x => (double)x * x));
            return student.Zip(teacher(column).Row(row)[..dimension].ToArray(), (s, t) => Math.Pow((s / length) - t, 2)).Average();
        }));

        var loss = new MatryoshkaLoss(new MSELoss(), new() { Dimensions = [4, 2], Weights = [1, 0.5f] });
        Value(loss, Students, Teachers[0]).ShouldBe((float)(Cut(4, _ => Teachers[0]) + (0.5 * Cut(2, _ => Teachers[0]))), 1e-5f);
        Value(loss, Students, Both).ShouldBe((float)(Cut(4, column => Teachers[column]) + (0.5 * Cut(2, column => Teachers[column]))), 1e-5f);
        CheckGradients(loss, Students, Both);
    }

    [Fact]
    public void Labels_that_are_no_vectors_are_not_cut()
    {
        // As many margins as the vectors have elements: MarginMSELoss takes all of them.
        Tensor[] columns = [.. Enumerable.Range(1, 6).Select(seed => Random(seed, 2, 4))];
        var margins = Random(9, 2, 4);
        Value(new MatryoshkaLoss(new MarginMSELoss(new() { Similarity = SimilarityFunction.Cosine }), new() { Dimensions = [4] }), columns, margins).ShouldBe(Value(new MarginMSELoss(new() { Similarity = SimilarityFunction.Cosine }), columns, margins), 1e-5f);
        Should.NotThrow(() => Value(new MatryoshkaLoss(new MarginMSELoss(), new() { Dimensions = [2] }), columns, margins));
    }

    private static double Expected(EmbeddingDistance distance, (Tensor Student, Tensor Teacher)[] columns) => columns.Average(column => Enumerable.Range(0, 3).Average(row =>
    {
        var (s, t) = (column.Student.Row(row).ToArray(), column.Teacher.Row(row).ToArray());
        var squares = s.Zip(t, (a, b) => (double)(a - b) * (a - b)).Sum();
        return distance switch
        {
            EmbeddingDistance.Cosine => 1 - Similarity.Of(s, t),
            EmbeddingDistance.Euclidean => Math.Sqrt(squares),
            _ => squares / s.Length,
        };
    }));
}
