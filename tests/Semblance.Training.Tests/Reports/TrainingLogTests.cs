using System.Text;

namespace Semblance.Training.Tests.Reports;

public sealed class TrainingLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => _folder.File(TrainingLog.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_reported_is_read_back_while_the_log_is_open()
    {
        var evaluation = new EvaluationResult(new OrderedDictionary<string, double> { ["z"] = 0.1, ["a"] = 1.0 / 3, ["nan"] = double.NaN }, "a");
        using var log = new TrainingLog(_folder.Path);
        log.Report(new TrainingStep(0, "a \"quoted\" 名\n", 0.1 + 0.2, 1e-300, 2e-5, null) { Accuracy = 0.75 });
        log.Report(new TrainingStep(1, "b", double.PositiveInfinity, 0, 0, evaluation));

        var steps = TrainingLog.Load(_folder.Path);

        steps.Count.ShouldBe(2);
        steps[0].ShouldBe(new TrainingStep(0, "a \"quoted\" 名\n", 0.1 + 0.2, 1e-300, 2e-5, null) { Accuracy = 0.75 });
        steps[1].Accuracy.ShouldBeNull();
        steps[1].Loss.ShouldBe(double.NaN);
        steps[1].Evaluation!.PrimaryScore.ShouldBe(1.0 / 3);
        steps[1].Evaluation!.Metrics.Keys.ShouldBe(["z", "a", "nan"]);
        steps[1].Evaluation!.Metrics["nan"].ShouldBe(double.NaN);
        File.ReadAllText(LogPath).ShouldContain("\"loss\":null");
    }

    [Fact]
    public void A_warning_is_read_back_and_is_kept_in_a_thinned_log()
    {
        var warning = new TrainingWarning(3, TrainingWarningKind.NotFinite, "Step 3: the loss is NaN.");
        using (var log = new TrainingLog(_folder.Path, every: 10))
        {
            log.Report(new TrainingStep(2, "a", 1, 1, 1, null));
            log.Report(new TrainingStep(3, "a", double.NaN, 1, 1, null) { Warning = warning });
        }

        TrainingLog.Load(_folder.Path).ShouldHaveSingleItem().Warning.ShouldBe(warning);
    }

    [Fact]
    public void A_kill_at_any_byte_loses_only_the_line_being_written()
    {
        Write(0, 0, 1, 2);
        var whole = File.ReadAllBytes(LogPath);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            var complete = whole.Take(length).Count(b => b == '\n');

            Steps().ShouldBe(Enumerable.Range(0, complete).Select(step => (long)step));
            Write(complete + 1, complete + 1); // goes on, and the torn line is gone

            Steps().ShouldBe([.. Enumerable.Range(0, complete).Select(step => (long)step), complete + 1]);
        }
    }

    [Fact]
    public void Resuming_drops_the_steps_that_come_again()
    {
        Write(0, 0, 1, 2, 3, 4);

        Write(2, 2, 3);

        Steps().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_new_training_begins_the_log_anew()
    {
        Write(0, 0, 1, 2);

        Write(0);

        Steps().ShouldBeEmpty();
    }

    [Fact]
    public void A_thinned_log_keeps_every_so_many_steps_and_all_evaluations()
    {
        using (var log = new TrainingLog(_folder.Path, every: 10))
        {
            for (var step = 0; step < 35; step++)
            {
                log.Report(Step(step) with { Evaluation = step == 17 ? new EvaluationResult(new Dictionary<string, double> { ["m"] = 1 }, "m") : null });
            }
        }

        Steps().ShouldBe([0, 10, 17, 20, 30]);
    }

    [Theory]
    [InlineData("{\"step\":0}")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"step\":\"0\",\"dataset\":\"d\",\"loss\":1,\"gradient_norm\":1,\"learning_rate\":1}")]
    [InlineData("{\"step\":0,\"dataset\":\"d\",\"loss\":1,\"gradient_norm\":1,\"learning_rate\":1,\"evaluation\":{\"primary\":\"x\",\"metrics\":{}}}")]
    public void A_damaged_line_is_named(string line)
    {
        Write(0, 0, 1);
        var lines = File.ReadAllText(LogPath).Split('\n');
        File.WriteAllText(LogPath, $"{lines[0]}\n{line}\n{lines[1]}\n");

        var fault = Should.Throw<FormatException>(() => TrainingLog.Load(_folder.Path));

        fault.Message.ShouldStartWith($"{LogPath}, line 2: ");
    }

    [Fact]
    public void A_last_line_of_zeros_is_left_out()
    {
        Write(0, 0, 1);
        File.AppendAllText(LogPath, "\0\0\0\0\n", Encoding.ASCII);

        Steps().ShouldBe([0, 1]);
    }

    private static TrainingStep Step(long step) => new(step, "d", 1.0 / (step + 1), 1, 1e-4, null);

    private void Write(long firstStep, params long[] steps)
    {
        using var log = new TrainingLog(_folder.Path, firstStep);
        foreach (var step in steps)
        {
            log.Report(Step(step));
        }
    }

    private IEnumerable<long> Steps() => TrainingLog.Load(_folder.Path).Select(step => step.Step);
}
