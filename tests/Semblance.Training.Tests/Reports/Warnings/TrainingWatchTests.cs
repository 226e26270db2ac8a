using Semblance.Tensors;

namespace Semblance.Training.Tests.Reports;

public sealed class TrainingWatchTests
{
    private static double Falling(long step) => 1 + (3 / (1 + (step / 100.0))) + (0.2 * Math.Sin(step * 1.7));

    [Fact]
    public void A_training_that_goes_well_is_not_interrupted()
    {
        var watch = new TrainingWatch();
        for (var step = 0; step < 5000; step++)
        {
            watch.Observe(step, Falling(step), 2 + Math.Sin(step), Spread(8), 1e-4).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.NegativeInfinity)]
    public void What_is_not_finite_is_told_at_once(double loss, double norm)
    {
        var warning = new TrainingWatch().Observe(7, loss, norm).ShouldNotBeNull();

        warning.Kind.ShouldBe(TrainingWarningKind.NotFinite);
        warning.Step.ShouldBe(7);
        warning.Message.ShouldStartWith("Step 7: the loss is ");
        warning.Message.ShouldEndWith("out of range.");
    }

    [Theory]
    [InlineData(89, false)]
    [InlineData(101, true)]
    public void A_gradient_explodes_past_a_hundred_times_its_median(double norm, bool told)
    {
        var watch = new TrainingWatch();
        for (var step = 0; step < 30; step++)
        {
            watch.Observe(step, Falling(step), step % 2 == 0 ? 1 : 0.9).ShouldBeNull();
        }

        (watch.Observe(30, Falling(30), norm)?.Kind).ShouldBe(told ? TrainingWarningKind.ExplodingGradient : null);
    }

    [Fact]
    public void A_loss_that_does_not_move_is_stuck()
    {
        var watch = new TrainingWatch();
        var warnings = Enumerable.Range(5000, 250).Select(step => watch.Observe(step, Math.Log(64) * (1 + (1e-4 * (step % 2))), 1)).OfType<TrainingWarning>().ToArray();

        warnings.Length.ShouldBe(1);
        warnings[0].Kind.ShouldBe(TrainingWarningKind.StuckLoss);
        warnings[0].Step.ShouldBe(5199);
        warnings[0].Message.ShouldContain("4.159");
    }

    [Fact]
    public void A_loss_of_zero_has_nothing_left_to_learn()
    {
        var watch = new TrainingWatch();
        var warning = Enumerable.Range(0, 200).Select(step => watch.Observe(step, 0, 0)).OfType<TrainingWarning>().Single();

        warning.Message.ShouldContain("too easy");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4000, 0)] // resumed: what the loss was at the beginning is not known
    public void A_loss_that_has_not_fallen_since_the_beginning_is_stuck(int first, int expected)
    {
        var watch = new TrainingWatch();
        var warnings = Enumerable.Range(first, 1500).Select(step => watch.Observe(step, 3 + Math.Sin(step), 1)).OfType<TrainingWarning>().ToArray();

        warnings.Length.ShouldBe(expected);
        warnings.ShouldAllBe(warning => warning.Kind == TrainingWarningKind.StuckLoss && warning.Step == 999);
    }

    [Fact]
    public void Vectors_that_are_all_the_same_have_collapsed()
    {
        var watch = new TrainingWatch();
        var same = Tensor.From([1, 2, 3, 2, 4, 6, 1, 2, 3.01f], 3, 3);
        var warnings = Enumerable.Range(0, 30).Select(step => watch.Observe(step, Falling(step), 1, same)).OfType<TrainingWarning>().ToArray();

        warnings.Length.ShouldBe(1);
        warnings[0].Kind.ShouldBe(TrainingWarningKind.Collapse);
        warnings[0].Step.ShouldBe(9);
    }

    [Fact]
    public void A_few_batches_alike_are_no_collapse()
    {
        var watch = new TrainingWatch();
        var same = Tensor.From([1, 2, 1, 2], 2, 2);

        Enumerable.Range(0, 50).Select(step => watch.Observe(step, Falling(step), 1, step % 10 == 9 ? Spread(2) : same)).ShouldAllBe(warning => warning == null);
    }

    [Fact]
    public void The_mean_cosine_is_that_of_all_pairs()
    {
        var random = new Random(3);
        var x = Tensor.From([.. Enumerable.Range(0, 7 * 5).Select(_ => random.NextSingle() - 0.3f)], 7, 5);
        x.Writable.Slice(10, 5).Clear(); // a zero vector is like none
        var cosines = Enumerable.Range(0, 7).SelectMany(i => Enumerable.Range(0, 7).Where(j => j != i).Select(j => Cosine(x.Row(i), x.Row(j))));

        TrainingWatch.MeanCosine(x).ShouldBe(cosines.Average(), 1e-6);
    }

    [Fact]
    public void A_learning_rate_of_zero_is_told_unless_it_is_the_first_of_a_warm_up()
    {
        var watch = new TrainingWatch();
        var warnings = Enumerable.Range(0, 60).Select(step => watch.Observe(new TrainingStep(step, "d", Falling(step), 1, step is 0 or >= 40 ? 0 : 1e-4, null))).OfType<TrainingWarning>().ToArray();

        warnings.Length.ShouldBe(1);
        warnings[0].Kind.ShouldBe(TrainingWarningKind.ZeroLearningRate);
        warnings[0].Step.ShouldBe(49);
    }

    [Fact]
    public void A_kind_is_told_once_in_a_thousand_steps_and_does_not_hide_another()
    {
        var watch = new TrainingWatch();
        var warnings = Enumerable.Range(0, 2001).Select(step => watch.Observe(step, double.NaN, 1, null, 0)).OfType<TrainingWarning>().ToArray();

        warnings.Where(warning => warning.Kind == TrainingWarningKind.NotFinite).Select(warning => warning.Step).ShouldBe([0, 1000, 2000]);
        warnings.Where(warning => warning.Kind == TrainingWarningKind.ZeroLearningRate).Select(warning => warning.Step).ShouldBe([9, 1009]);
    }

    private static Tensor Spread(int rows) => Tensor.From([.. Enumerable.Range(0, rows * rows).Select(i => i % (rows + 1) == 0 ? 1f : 0f)], rows, rows);

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (dot, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            (dot, aa, bb) = (dot + (a[i] * b[i]), aa + (a[i] * a[i]), bb + (b[i] * b[i]));
        }

        return aa * bb == 0 ? 0 : dot / Math.Sqrt(aa * bb);
    }
}
