using Semblance.Checkpoints;

namespace Semblance.Cli.Tests.Commands;

public class TrainCommandTests
{
    private const string Pairs = "first\tsecond\tscore\n"
        + "A man is eating food.\tSomeone eats.\t4.5\nA plane takes off.\tAn aircraft is leaving.\t4.8\n"
        + "A woman plays the guitar.\tA man eats pasta.\t0.4\nThe dog sleeps.\tA cat runs.\t1.0\n"
        + "Two boys play.\tTwo children are playing.\t4.2\nIt rains.\tThe sun shines.\t0.9\n"
        + "她在唱歌。\t她唱一首歌。\t4.7\n他在跑步。\t天气很好。\t0.2\n";

    [Fact]
    public async Task A_recipe_trains_a_model_that_loads_and_scores_its_pairs_better()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe());
        var outcome = (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        var best = double.Parse(outcome.Lines.Single().Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture);
        var before = outcome.ErrorLines.Single(line => line.StartsWith("before: ", StringComparison.Ordinal)).Split("spearman_cosine ")[1].Split(' ')[0];
        best.ShouldBeGreaterThan(100 * double.Parse(before, System.Globalization.CultureInfo.InvariantCulture));
        SentenceTransformer.Load(folder.Of("out")).Encode("A man is eating food.").Length.ShouldBe(32);
        folder.Files.ShouldContain(file => file.StartsWith("out/events.out.tfevents.".Replace('/', Path.DirectorySeparatorChar), StringComparison.Ordinal));
        File.ReadLines(Path.Combine(folder.Of("out"), "log.jsonl")).Count().ShouldBe(12);
        File.ReadAllText(Path.Combine(folder.Of("out"), "report.html")).ShouldContain("CoSENTLoss");
        File.ReadAllText(Path.Combine(folder.Of("out"), "README.md")).ShouldContain("2e-3");
    }

    [Theory]
    [InlineData("CoSENTLoss", "best")]
    [InlineData("CoSENTLoss", "last")]
    [InlineData("MaskedLanguageModelLoss", "last")]
    public async Task A_recipe_for_half_precision_writes_the_model_so_and_its_checkpoint_not(string loss, string keep)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var text = Recipe();
        if (loss == "MaskedLanguageModelLoss")
        {
            text = text[..text.IndexOf("evaluate", StringComparison.Ordinal)]
                .Replace("CoSENTLoss", loss, StringComparison.Ordinal)
                .Replace("texts: [first, second]", "texts: first", StringComparison.Ordinal)
                .Replace("score: score", "broken-rows: stop", StringComparison.Ordinal);
        }

        var recipe = folder.Write("r.yaml", $"{text}keep: {keep}\nweights: float16\n");
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        Types("model.safetensors").ShouldBe([DType.F16]);
        Types("checkpoint.safetensors").ShouldNotContain(DType.F16);
        File.ReadAllText(Path.Combine(folder.Of("out"), "config.json")).ShouldContain("\"torch_dtype\": \"float16\"");
        SentenceTransformer.Load(folder.Of("out")).Encode("A man is eating food.").Length.ShouldBe(32);

        IEnumerable<DType> Types(string file) => SafetensorsFile.Open(Path.Combine(folder.Of("out"), file)).Tensors.Select(tensor => tensor.DType).Distinct().ToArray();
    }

    [Fact]
    public async Task A_training_that_is_there_is_neither_overwritten_nor_mistaken()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe());
        string[] command = ["train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--set", "steps=4"];
        (await Outcome.OfAsync(command)).Done();
        var again = await Outcome.OfAsync(command);
        (again.ExitCode, again.Error).ShouldBe((1, $"semblance: {folder.Of("out")}: there is a training already; --resume goes on with it, --overwrite begins anew, --output names another folder.\n"));
        (await Outcome.OfAsync([.. command, "--resume"])).Done();
        (await Outcome.OfAsync([.. command, "--overwrite"])).Done();
        (await Outcome.OfAsync([.. command, "--overwrite", "--set", "rate=1e30", "--set", "gradient-clip=0", "--set", "schedule=constant"])).ExitCode.ShouldBe(1);
        (await Outcome.OfAsync([.. command, "--resume"])).Error.ShouldNotContain("going on from step 4"); // the old one is gone
    }

    [Fact]
    public async Task Settings_that_vary_are_trained_one_after_another()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe() + "vary:\n  model.pooling: [mean, [cls, max]]\n  rate: [1e-3, 2e-3]\n");
        var outcome = (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--set", "steps=2")).Done();
        outcome.Lines.Select(line => line.Split('\t')[0]).ShouldBe(["pooling=mean, rate=1e-3", "pooling=mean, rate=2e-3", "pooling=cls+max, rate=1e-3", "pooling=cls+max, rate=2e-3"]);
        SentenceTransformer.Load(Path.Combine(folder.Of("out"), "pooling=cls+max, rate=2e-3")).Dimension.ShouldBe(64);
    }

    [Theory]
    [InlineData("steps: 12", "steps: many", "line 11: 'steps' is 'many'; a whole number from 1 to 2147483647 is expected.")]
    [InlineData("rate: 2e-3", "rat: 2e-3", "line 12: the recipe knows no 'rat'; it knows model")]
    [InlineData("loss: CoSENTLoss", "loss: CosentLoss", "line 9: there is no loss 'CosentLoss'; there are SoftmaxLoss")]
    [InlineData("loss: CoSENTLoss", "loss: { CoSENTLoss: { scal: 3 } }", "line 9: CoSENTLoss knows no 'scal'; it knows scale")]
    [InlineData("texts: [first, second]", "texts: [first, third]", "pairs.tsv")]
    [InlineData("datasets:", "datasets: [", "this is not YAML")]
    [InlineData("loss: CoSENTLoss", "loss: SoftmaxLoss", "line 9: SoftmaxLoss needs classes")]
    public async Task A_recipe_with_a_fault_is_answered_with_its_line(string was, string now, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe().Replace(was, now, StringComparison.Ordinal));
        var outcome = await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"));
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines[^1].ShouldContain(expected);
        Directory.Exists(folder.Of("out")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_empty_data_set_and_a_rate_that_diverges_are_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", "first\tsecond\tscore\n");
        var recipe = folder.Write("r.yaml", Recipe()[..Recipe().IndexOf("evaluate", StringComparison.Ordinal)]);
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).ErrorLines[^1].ShouldContain("the data set 'pairs' has no rows");
        folder.Write("pairs.tsv", Pairs);
        var outcome = await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--set", "rate=1e30", "--set", "gradient-clip=0", "--set", "schedule=constant");
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines[^1].ShouldContain("learning rate");
    }

    /// <summary>Twelve steps on eight pairs from a recorded model.</summary>
    internal static string Recipe() => $$"""
        # a small training
        model: { folder: '{{Fixtures.Own("st/mean-normalize")}}', pooling: mean }
        seed: 1
        datasets:
          - name: pairs
            files: pairs.tsv
            texts: [first, second]
            score: score
            loss: CoSENTLoss
            batch-size: 4
        steps: 12
        rate: 2e-3
        checkpoint-every: 3
        evaluate:
          every: 4
          on: [{ task: sts, name: pairs, file: pairs.tsv, texts: [first, second], score: score }]

        """;
}
