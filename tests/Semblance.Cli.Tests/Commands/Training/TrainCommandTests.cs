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
        (again.ExitCode, again.Error).ShouldBe((1, $"semblance: {folder.Of("out")}: the folder contains a training; use --resume to continue it, --overwrite to restart it, or --output for another folder.\n"));
        (await Outcome.OfAsync([.. command, "--resume"])).Done();
        (await Outcome.OfAsync([.. command, "--overwrite", "--set", "datasets.0.files=none.tsv"])).ExitCode.ShouldBe(1);
        (await Outcome.OfAsync([.. command, "--resume"])).Done().Error.ShouldContain("resuming from step 4"); // what could not begin has taken nothing
        (await Outcome.OfAsync([.. command, "--overwrite", "--resume"])).ExitCode.ShouldBe(2);
        (await Outcome.OfAsync([.. command, "--allow-changes"])).ExitCode.ShouldBe(2);
        (await Outcome.OfAsync([.. command, "--overwrite"])).Done();
        (await Outcome.OfAsync([.. command, "--overwrite", "--set", "rate=1e30", "--set", "gradient-clip=0", "--set", "schedule=constant"])).ExitCode.ShouldBe(1);
        (await Outcome.OfAsync([.. command, "--resume"])).Error.ShouldNotContain("resuming from step 4"); // the old one is gone
    }

    [Theory]
    [InlineData("seed=2", "seed: 1 → 2")]
    [InlineData("rate=1e-3", "rate: 0.002 → 0.001")]
    [InlineData("datasets.0.batch-size=2", "datasets.0.batch-size: 4 → 2")]
    [InlineData("datasets.0.loss=CosineSimilarityLoss", "datasets.0.loss: CoSENTLoss → CosineSimilarityLoss")]
    [InlineData("model.pooling=max", "model.pooling: mean → max")]
    [InlineData("schedule=constant", "schedule: linear → constant")]
    [InlineData("accumulation=2", "accumulation: 1 → 2")]
    [InlineData("dropout=0.2", "dropout: (not set) → 0.2")]
    [InlineData("data", "data set 1: pairs, 8 rows, SHA-256 ")]
    [InlineData("evaluation", "evaluate.on.0.file: ")]
    [InlineData("base model", "base model: ")]
    public async Task A_training_that_changed_is_not_gone_on_with_unless_that_is_asked_for(string change, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        folder.Write("dev.tsv", Pairs);
        var model = folder.Copy("st/mean-normalize");
        var recipe = folder.Write("r.yaml", Recipe().Replace(Fixtures.Own("st/mean-normalize"), model, StringComparison.Ordinal).Replace("name: pairs, file: pairs.tsv", "name: pairs, file: dev.tsv", StringComparison.Ordinal));
        string[] command = ["train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--set", "checkpoint-every=2"];
        (await Outcome.OfAsync([.. command, "--set", "steps=2"])).Done();
        var before = File.ReadAllBytes(Path.Combine(folder.Of("out"), "checkpoint.safetensors"));
        switch (change)
        {
            case "data": folder.Write("pairs.tsv", Pairs.Replace("food", "bread", StringComparison.Ordinal)); break;
            case "evaluation": folder.Write("dev.tsv", Pairs.Replace("food", "bread", StringComparison.Ordinal)); break;
            case "base model": File.AppendAllText(Path.Combine(model, "config.json"), "\n"); break;
            default: command = [.. command, "--set", change]; break;
        }

        command = [.. command, "--set", "steps=4", "--resume"];
        var refused = await Outcome.OfAsync(command);
        (refused.ExitCode, refused.Output).ShouldBe((1, ""));
        refused.ErrorLines[^1].ShouldStartWith($"semblance: {folder.Of("out")}: the checkpoint is of a training that differs in ");
        refused.ErrorLines[^1].ShouldContain(expected);
        refused.ErrorLines[^1].ShouldContain("--allow-changes");
        File.ReadAllBytes(Path.Combine(folder.Of("out"), "checkpoint.safetensors")).ShouldBe(before);

        var allowed = (await Outcome.OfAsync([.. command, "--allow-changes"])).Done();
        allowed.Error.ShouldContain($"note: changed since the checkpoint: {expected}");
        allowed.Error.ShouldContain("resuming from step 2");
        (await Outcome.OfAsync(command)).Done().Error.ShouldNotContain("changed"); // these are the settings of the checkpoint now
    }

    [Fact]
    public async Task What_only_says_how_long_and_how_often_may_change()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe());
        string[] command = ["train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--resume"];
        (await Outcome.OfAsync([.. command, "--set", "steps=2"])).Done();
        foreach (var name in (string[])["pairs.tsv", "r.yaml"])
        {
            File.Move(folder.Of(name), folder.Of("moved-" + name));
        }

        var text = File.ReadAllText(folder.Of("moved-r.yaml")).Replace("pairs.tsv", "moved-pairs.tsv", StringComparison.Ordinal).Replace("rate: 2e-3", "rate: 0.002\ngradient-clip: 1.0\noptimizer: AdamW", StringComparison.Ordinal);
        command[1] = folder.Write("r.yaml", text + "keep: last\npatience: 9\nweights: float16\ncard: { name: a/b }\n");
        var outcome = (await Outcome.OfAsync([.. command, "--set", "steps=4", "--set", "checkpoint-every=1", "--set", "evaluate.every=1", "--set", "datasets.0.source=here"])).Done();
        outcome.Error.ShouldContain("resuming from step 2");
        outcome.Error.ShouldNotContain("changed");
    }

    [Fact]
    public async Task The_report_of_a_training_that_was_resumed_is_of_all_of_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        string[] command = ["train", folder.Write("r.yaml", Recipe()), "--data", folder.Path, "--output", folder.Of("out"), "--resume"];
        (await Outcome.OfAsync([.. command, "--set", "steps=6"])).Done();
        File.WriteAllText(Path.Combine(folder.Of("out"), "checkpoint.time.json"), "{\"seconds\":7290}");
        (await Outcome.OfAsync(command)).Done();
        File.ReadAllText(Path.Combine(folder.Of("out"), "README.md")).ShouldContain("12 steps in 2 h 1 min on ");
        File.ReadAllText(Path.Combine(folder.Of("out"), "report.html")).ShouldContain("in 12 steps and 2 h 1 min");
        File.ReadLines(Path.Combine(folder.Of("out"), "log.jsonl")).Count().ShouldBe(12);
    }

    [Fact]
    public async Task The_report_names_what_went_wrong_before_a_resume_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe());
        string[] command = ["train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--set", "rate=5e-324", "--set", "schedule=linear", "--set", "steps=40"];
        (await Outcome.OfAsync(command)).Done().Error.ShouldContain("the learning rate has been 0 for 10 steps"); // half of so small a rate is 0
        (await Outcome.OfAsync([.. command, "--resume"])).Done();
        File.ReadAllText(Path.Combine(folder.Of("out"), "report.html")).ShouldContain("the learning rate has been 0 for 10 steps");
    }

    [Fact]
    public async Task A_training_over_another_model_leaves_the_folder_of_a_new_one_and_the_users_files()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pairs.tsv", Pairs);
        var recipe = folder.Write("r.yaml", Recipe());
        SentenceTransformer.LoadDefault().Save(folder.Of("out"));
        folder.Write("out/notes.txt", "mine");
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--overwrite")).Done();
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("new"))).Done();
        string[] Names(string name) => [.. folder.Files.Where(file => file.StartsWith(name + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Select(file => file[(name.Length + 1)..]).Where(file => !file.StartsWith("events", StringComparison.Ordinal))];
        Names("out").Except(["notes.txt"]).ShouldBe(Names("new"));
        File.ReadAllText(folder.Of("out/notes.txt")).ShouldBe("mine");
        SentenceTransformer.Load(folder.Of("out")).Encode("A man is eating food.").ShouldBe(SentenceTransformer.Load(folder.Of("new")).Encode("A man is eating food."));
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
    [InlineData("steps: 12", "steps: many", "line 11: 'steps' is 'many'; a whole number from 1 on is expected.")]
    [InlineData("rate: 2e-3", "rat: 2e-3", "line 12: the recipe has no setting 'rat'; expected model")]
    [InlineData("loss: CoSENTLoss", "loss: CosentLoss", "line 9: there is no loss 'CosentLoss'; there are SoftmaxLoss")]
    [InlineData("loss: CoSENTLoss", "loss: { CoSENTLoss: { scal: 3 } }", "line 9: CoSENTLoss has no setting 'scal'; expected scale")]
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
