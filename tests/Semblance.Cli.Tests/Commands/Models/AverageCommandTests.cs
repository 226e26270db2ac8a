using Semblance.Checkpoints;

namespace Semblance.Cli.Tests.Commands;

public class AverageCommandTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Fact]
    public async Task The_mean_of_models_is_written_as_a_model()
    {
        using var folder = new TemporaryFolder();
        var done = (await Outcome.OfAsync("average", Model, Model, "--output", folder.Of("mean"))).Done();
        done.Error.ShouldContain("the mean of 2 models");
        var (before, after) = (Checkpoint.Open(Model), Checkpoint.Open(folder.Of("mean")));
        foreach (var info in before.Tensors.Where(info => info.DType == DType.F32))
        {
            after.Read(info.Name).Values.ToArray().ShouldBe(before.Read(info.Name).Values.ToArray());
        }

        (await Outcome.OfAsync("similarity", "--model", folder.Of("mean"), "A man plays.", "A dog runs.")).Done().Output
            .ShouldBe((await Outcome.OfAsync("similarity", "--model", Model, "A man plays.", "A dog runs.")).Done().Output);
    }

    [Fact]
    public async Task With_a_task_models_are_added_that_do_not_lower_the_score()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("sts.tsv", "sentence1\tsentence2\tscore\nA man plays.\tA man is playing.\t5\nA dog runs.\tThe sky is blue.\t1\nTwo cats sleep.\tCats sleep.\t4\n");
        (await Outcome.OfAsync("quantize", Model, "--output", folder.Of("half"), "--weights", "float16")).Done();
        var done = (await Outcome.OfAsync("average", Model, folder.Of("half"), "--output", folder.Of("mean"), "--task", "sts", "--data", data)).Done();
        var lines = done.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        lines.ShouldAllBe(line => line.Split('\t').Length == 4);
        lines[0].ShouldEndWith("\tyes");
        done.Error.ShouldMatch("the mean of [12] of 2 models");
    }

    [Theory]
    [InlineData("--task", "sts", "--data", "missing.tsv")]
    [InlineData("--suite", "empty")]
    public async Task Missing_data_are_named_and_nothing_is_written(params string[] task)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("empty"));
        task[^1] = folder.Of(task[^1]);
        var outcome = await Outcome.OfAsync(["average", Model, Model, "--output", folder.Of("mean"), .. task]);
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines[^1].ShouldContain(task[^1]);
        outcome.Error.ShouldNotContain("unexpected");
        Directory.Exists(folder.Of("mean")).ShouldBeFalse();
    }

    [Fact]
    public async Task Models_that_do_not_fit_are_named_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync("average", Model, Fixtures.Own("models/roberta"), "--output", folder.Of("mean"));
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("expected models of");
        (await Outcome.OfAsync("average", Model, "--output", folder.Of("mean"))).ExitCode.ShouldBe(2);
        Directory.Exists(folder.Of("mean")).ShouldBeFalse();
    }
}
