namespace Semblance.Training.Tests.Reports;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_begins_with_its_version_and_the_start_of_the_session()
    {
        using var writer = new TensorBoardWriter(_folder.Path, firstStep: 300, new FixedTime());

        var events = EventFile.Read(writer.Path);

        events.Count.ShouldBe(2);
        events[0].FileVersion.ShouldBe("brain.Event:2");
        events[1].SessionStatus.ShouldBe(1);
        events[1].Step.ShouldBe(300);
        events[1].WallTime.ShouldBe(1_700_000_000.25);
        Path.GetFileName(writer.Path).ShouldBe("events.out.tfevents.1700000000.000");
    }

    [Fact]
    public void A_step_is_in_the_file_at_once_with_all_its_scalars()
    {
        using var writer = new TensorBoardWriter(_folder.Path);
        var evaluation = new EvaluationResult(new Dictionary<string, double> { ["sts_spearman_cosine"] = 0.5, ["sts_pearson_cosine"] = double.NaN }, "sts_spearman_cosine");

        writer.Report(new TrainingStep(70_000_000_000, "问答", 1.5, 2.25, 2e-5, evaluation) { Accuracy = 0.75 });
        writer.Scalar(4, "train/pairs_per_second", 812);

        var events = EventFile.Read(writer.Path);
        events[2].Step.ShouldBe(70_000_000_000);
        events[2].Scalars.ShouldBe(
            new Dictionary<string, float>
            {
                ["train/loss"] = 1.5f,
                ["train/loss/问答"] = 1.5f,
                ["train/accuracy"] = 0.75f,
                ["train/gradient_norm"] = 2.25f,
                ["train/learning_rate"] = 2e-5f,
                ["eval/sts_spearman_cosine"] = 0.5f,
                ["eval/sts_pearson_cosine"] = float.NaN,
            },
            ignoreOrder: true);
        events[3].Scalars.ShouldBe(new Dictionary<string, float> { ["train/pairs_per_second"] = 812 });
    }

    [Fact]
    public void Each_writer_has_a_file_of_its_own_that_sorts_after_those_before()
    {
        var paths = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            using var writer = new TensorBoardWriter(_folder.Path, i, new FixedTime());
            paths.Add(writer.Path);
        }

        paths.Distinct().Count().ShouldBe(12);
        paths.Order(StringComparer.Ordinal).ShouldBe(paths);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283)] // the check value of CRC-32/ISCSI
    public void Checksums_are_those_of_Castagnoli(string text, uint expected)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);

        System.IO.Hashing.Crc32.HashToUInt32(System.IO.Hashing.Crc32ParameterSet.Crc32C, bytes).ShouldBe(expected);
        EventFile.Crc32C(bytes).ShouldBe(expected);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);
    }
}
