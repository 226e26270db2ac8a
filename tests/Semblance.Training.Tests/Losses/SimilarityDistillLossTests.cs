using Semblance.Tensors;
using static Semblance.Training.Tests.Losses.LossChecks;

namespace Semblance.Training.Tests.Losses;

public class SimilarityDistillLossTests
{
    private const int Rows = 4;
    private const int TeacherDimension = 5;

    // Two columns of four texts; the teacher's vectors are longer than the student's.
    private static readonly Tensor[] Students = [Random(1, Rows, 3), Random(2, Rows, 3)];
    private static readonly Tensor Shared = Random(3, Rows, TeacherDimension);
    private static readonly Tensor Each = Random(4, Rows, 2 * TeacherDimension);

    [Theory]
    [InlineData(SimilarityDistance.KullbackLeibler, DistillationTargets.Shared, 0.05f)]
    [InlineData(SimilarityDistance.KullbackLeibler, DistillationTargets.Shared, 0.5f)]
    [InlineData(SimilarityDistance.KullbackLeibler, DistillationTargets.Each, 0.5f)]
    [InlineData(SimilarityDistance.MeanSquaredError, DistillationTargets.Shared, 0.5f)]
    [InlineData(SimilarityDistance.MeanSquaredError, DistillationTargets.Each, 0.5f)]
    public void Value_is_that_of_the_formula_and_gradients_of_finite_differences(SimilarityDistance distance, DistillationTargets targets, float temperature)
    {
        var loss = new SimilarityDistillLoss(new() { Distance = distance, Targets = targets, Temperature = temperature });
        var labels = targets == DistillationTargets.Shared ? Shared : Each;
        var expected = Expected(loss.Settings, labels, [.. Enumerable.Range(0, 2 * Rows)]);
        expected.ShouldBeGreaterThan(0.05);
        Value(loss, Students, labels).ShouldBe((float)expected, 1e-5f * (float)Math.Max(1, expected));
        if (temperature > 0.1f)
        {
            CheckGradients(loss, Students, labels);
        }
    }

    [Theory]
    [InlineData(SimilarityDistance.KullbackLeibler)]
    [InlineData(SimilarityDistance.MeanSquaredError)]
    public void A_student_that_is_the_teacher_turned_and_of_other_lengths_costs_nothing(SimilarityDistance distance)
    {
        // A rotation of each two elements, and a length of its own for each row.
        var turned = Tensor.Zeros(Rows, 4);
        var teacher = Random(5, Rows, 4);
        for (var i = 0; i < turned.Length; i += 2)
        {
            var (sin, cos) = MathF.SinCos(1 + (i % 4));
            var (x, y, length) = (teacher.Values[i], teacher.Values[i + 1], 1 + (i / 4));
            (turned.Writable[i], turned.Writable[i + 1]) = (length * ((cos * x) - (sin * y)), length * ((sin * x) + (cos * y)));
        }

        var loss = new SimilarityDistillLoss(new() { Distance = distance });
        Value(loss, [turned], teacher).ShouldBe(0, 1e-6f);
        Gradients(loss, [turned], teacher)[0].ShouldAllBe(g => Math.Abs(g) < 1e-4f);
        Value(loss, [Random(6, Rows, 4)], teacher).ShouldBeGreaterThan(0.05f);
    }

    [Theory]
    [InlineData(SimilarityDistance.KullbackLeibler)]
    [InlineData(SimilarityDistance.MeanSquaredError)]
    public void The_order_of_rows_and_of_columns_does_not_matter(SimilarityDistance distance)
    {
        static Tensor Reversed(Tensor x) => Tensor.From([.. Enumerable.Range(1, Rows).SelectMany(row => x.Row(Rows - row).ToArray())], x.Shape);
        var loss = new SimilarityDistillLoss(new() { Distance = distance });
        Value(loss, [Reversed(Students[1]), Reversed(Students[0])], Reversed(Shared)).ShouldBe(Value(loss, Students, Shared), 1e-5f);
    }

    [Theory]
    [InlineData(SimilarityDistance.KullbackLeibler)]
    [InlineData(SimilarityDistance.MeanSquaredError)]
    public void Equal_texts_are_not_compared(SimilarityDistance distance)
    {
        // The first text is also the second of the third row.
        var loss = new SimilarityDistillLoss(new() { Distance = distance, Targets = DistillationTargets.Each, Temperature = 0.5f });
        using var run = new Computation();
        loss.Forward(run, new LossInput(Students, Each) { TextNumbers = [[0, 1, 2, 3], [4, 5, 0, 6]] }).Values[0]
            .ShouldBe((float)Expected(loss.Settings, Each, [0, 1, 2, 3, 4, 5, 0, 6]), 1e-5f);

        // Texts of a row that share a target are compared no more than equal ones.
        var twice = Tensor.From([.. Enumerable.Range(0, Rows).SelectMany(row => (float[])[.. Shared.Row(row), .. Shared.Row(row)])], Rows, 2 * TeacherDimension);
        loss.Forward(run, new LossInput(Students, twice) { TextNumbers = [[0, 1, 2, 3], [0, 1, 2, 3]] }).Values[0]
            .ShouldBe(Value(new SimilarityDistillLoss(loss.Settings with { Targets = DistillationTargets.Shared }), Students, Shared), 1e-5f);
    }

    [Theory]
    [InlineData(SimilarityDistance.KullbackLeibler)]
    [InlineData(SimilarityDistance.MeanSquaredError)]
    public void A_batch_of_equal_texts_costs_nothing_and_has_gradients_of_zero(SimilarityDistance distance)
    {
        var x = Random(1, Rows, 3);
        x.RequiresGradient = true;
        using var run = new Computation(recording: true);
        var value = new SimilarityDistillLoss(new() { Distance = distance }).Forward(run, new LossInput([x], Shared) { TextNumbers = [[7, 7, 7, 7]] });
        run.Backward(value);
        value.Values[0].ShouldBe(0, 1e-6f);
        x.Gradient!.Values.ToArray().ShouldAllBe(g => Math.Abs(g) < 1e-6f);
    }

    [Fact]
    public void Truncated_students_learn_from_the_whole_teacher()
    {
        static Tensor Cut(Tensor x) => Tensor.From([.. Enumerable.Range(0, Rows).SelectMany(row => x.Row(row)[..2].ToArray())], Rows, 2);
        var loss = new SimilarityDistillLoss();
        Value(new MatryoshkaLoss(loss, new() { Dimensions = [3, 2], Weights = [1, 0.5f] }), Students, Shared)
            .ShouldBe(Value(loss, Students, Shared) + (0.5f * Value(loss, [.. Students.Select(Cut)], Shared)), 1e-5f);
    }

    [Fact]
    public void What_a_batch_lacks_and_settings_outside_their_range_are_named()
    {
        var one = Random(1, 1, 3);
        Fails(new SimilarityDistillLoss(), [one], one, "batch of one row");
        Fails(new SimilarityDistillLoss(), [one, one], one, "batch of one row");
        Fails(new SimilarityDistillLoss(), Students, null, "needs labels");
        Fails(new SimilarityDistillLoss(new() { Targets = DistillationTargets.Each }), Students, Shared, "each of 2 columns, all of one dimension, and a row has 5 labels");
        Value(new SimilarityDistillLoss(new() { Targets = DistillationTargets.Each }), [one, Random(2, 1, 3)], Random(3, 1, 4)).ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => new SimilarityDistillLoss(new() { Temperature = 0 })).ParamName.ShouldBe("Temperature");
        Should.Throw<ArgumentOutOfRangeException>(() => new SimilarityDistillLoss(new() { Distance = (SimilarityDistance)7 })).ParamName.ShouldBe("Distance");
        Should.Throw<ArgumentOutOfRangeException>(() => new SimilarityDistillLoss(new() { Targets = (DistillationTargets)7 })).ParamName.ShouldBe("Targets");
    }

    [Fact]
    public void Each_distance_has_its_papers()
    {
        string.Concat(new SimilarityDistillLoss().Citations).ShouldContain("2101.04731");
        new SimilarityDistillLoss(new() { Distance = SimilarityDistance.MeanSquaredError }).Citations.ShouldHaveSingleItem().ShouldContain("1907.09682");
    }

    // In double precision, pair by pair. The texts are the numbers of those of the first column, then of the second.
    private static double Expected(SimilarityDistillLossSettings settings, Tensor labels, int[] texts)
    {
        const int Count = 2 * Rows;
        var isShared = settings.Targets == DistillationTargets.Shared;
        double[] Vector(Tensor x, int row, int first, int length) => [.. x.Row(row).Slice(first, length).ToArray().Select(value => (double)value)];
        double[][] students = [.. Enumerable.Range(0, Count).Select(i => Vector(Students[i / Rows], i % Rows, 0, 3))];
        double[][] teachers = [.. Enumerable.Range(0, Count).Select(i => Vector(labels, i % Rows, isShared ? 0 : i / Rows * TeacherDimension, TeacherDimension))];
        int[] Others(int i) => [.. Enumerable.Range(0, Count).Where(j => j != i && texts[j] != texts[i] && !(isShared && j % Rows == i % Rows))];
        if (settings.Distance == SimilarityDistance.MeanSquaredError)
        {
            return Enumerable.Range(0, Count).SelectMany(i => Others(i).Select(j => Math.Pow(Cosine(students[i], students[j]) - Cosine(teachers[i], teachers[j]), 2))).Average();
        }

        return Enumerable.Range(0, Count).Average(i =>
        {
            double[] Probabilities(double[][] vectors)
            {
                double[] powers = [.. Others(i).Select(j => Math.Exp(Cosine(vectors[i], vectors[j]) / settings.Temperature))];
                return [.. powers.Select(power => power / powers.Sum())];
            }

            return Probabilities(teachers).Zip(Probabilities(students), (p, q) => p * Math.Log(p / q)).Sum();
        });
    }

    private static double Cosine(double[] x, double[] y)
    {
        double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();
        return Dot(x, y) / Math.Sqrt(Dot(x, x) * Dot(y, y));
    }
}
