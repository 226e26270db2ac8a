using Semblance.Checkpoints;

namespace Semblance.Cli.Tests.Commands;

public class QuantizeCommandTests
{
    [Fact]
    public async Task A_model_is_written_with_other_weights_and_compared_on_a_file()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("sts.tsv", "sentence1\tsentence2\tscore\nA man plays.\tA man is playing.\t5\nA dog runs.\tThe sky is blue.\t1\nTwo cats sleep.\tCats sleep.\t4\n");
        var output = folder.Of("int8");
        var done = (await Outcome.OfAsync("quantize", Fixtures.Own("st/mean-normalize"), "--output", output, "--task", "sts", "--data", data)).Done();
        var lines = done.Output.TrimEnd().Split('\n');
        lines[0].ShouldMatch(@"^weights +bytes +sts\.tsv spearman +cosine$");
        lines[1].ShouldMatch(@"^float32 +109,568 +-?[\d.]+ +1$");
        lines[2].ShouldMatch(@"^int8 +[\d,]+ +-?[\d.]+ +(1\.00000|0\.999\d\d)$");
        Checkpoint.Open(output).Tensors.Select(info => info.DType).ShouldContain(DType.I8);

        (await Outcome.OfAsync("quantize", output, "--output", folder.Of("float32"), "--weights", "float32")).Done().Output.ShouldMatch("int8 .*\nfloat32 ");
        Checkpoint.Open(folder.Of("float32")).Tensors.ShouldAllBe(info => info.DType == DType.F32 || info.DType == DType.I64);
    }

    [Fact]
    public async Task Missing_data_are_named_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        var (there, missing) = (folder.Write("sts.tsv", "sentence1\tsentence2\tscore\nA\tB\t5\n"), folder.Of("missing.tsv"));
        var outcome = await Outcome.OfAsync(
            "quantize", Fixtures.Own("st/mean-normalize"), "--output", folder.Of("a"), "--task", "sts", "--data", there, missing);
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines[^1].ShouldContain($"{missing}: the file does not exist");
        Directory.Exists(folder.Of("a")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--task sts", "--task sts needs --data.")]
    [InlineData("--data a.tsv", "Give a task with --task")]
    [InlineData("--weights int4", "int4")]
    [InlineData("--bm25", "There is no option '--bm25'.")]
    public async Task A_command_line_that_is_wrong_is_named(string options, string problem)
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync(["quantize", Fixtures.Own("st/mean-normalize"), "--output", folder.Of("a"), .. options.Split(' ')]);
        outcome.Error.ShouldContain(problem);
        Directory.Exists(folder.Of("a")).ShouldBeFalse();
    }
}
