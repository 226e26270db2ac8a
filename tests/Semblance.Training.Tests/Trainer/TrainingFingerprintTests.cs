using Semblance.Checkpoints;

namespace Semblance.Training.Tests.Training;

public sealed class TrainingFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_goes_on_where_only_its_length_and_its_checkpoints_changed()
    {
        Make(options => options).Train();
        var longer = Make(options => options with { Steps = 6, CheckpointEvery = 1, EvaluateEvery = 3, Schedule = new LinearSchedule(1e-3, 6, 2) });
        longer.FindChanges().ShouldBeEmpty();
        longer.Train(resume: true);
        longer.Steps.ShouldBe(6);
    }

    [Theory]
    [InlineData("data", "data set 1")]
    [InlineData("label", "data set 1")]
    [InlineData("loss", "data set 1, loss")]
    [InlineData("prompt", "data set 1, prompts and routes")]
    [InlineData("batch", "batches")]
    [InlineData("seed", "batches")]
    [InlineData("optimizer", "optimizer and groups")]
    [InlineData("rate", "learning rate")]
    [InlineData("clip", "gradient clip")]
    [InlineData("dropout", "dropout seed and probability")]
    [InlineData("added", "file")]
    [InlineData("removed", "other")]
    [InlineData("same name", "gradient clip")]
    public void What_changed_is_named_and_refused_unless_it_is_allowed(string change, string field)
    {
        Make(options => options).Train();
        var before = File.ReadAllBytes(_folder.File("checkpoint.safetensors"));
        var changed = Changed(change, allow: false);
        changed.FindChanges().Select(found => found.Name).ShouldBe([field]);
        var error = Should.Throw<TrainingChangedException>(() => changed.Train(resume: true));
        error.Changes.ShouldBe(changed.FindChanges());
        error.Message.ShouldContain($"{field}: {error.Changes[0].Before ?? "(not set)"} → {error.Changes[0].Now ?? "(not set)"}");
        File.ReadAllBytes(_folder.File("checkpoint.safetensors")).ShouldBe(before);
        var allowed = Changed(change, allow: true);
        allowed.Train(resume: true);
        allowed.Steps.ShouldBe(6);
        Changed(change, allow: false).FindChanges().ShouldBeEmpty(); // the new checkpoint is of what it was trained with last
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_says_nothing_and_goes_on()
    {
        Make(options => options).Train();
        Edit(metadata =>
        {
            metadata.Remove("fingerprint").ShouldBeTrue();
        });
        TrainingCheckpoint.Fingerprint(_folder.Path).ShouldBeNull();
        var changed = Changed("seed", allow: false);
        changed.FindChanges().ShouldBeEmpty();
        changed.Train(resume: true);
        changed.Steps.ShouldBe(6);
    }

    [Theory]
    [InlineData("fingerprint", "[]")]
    [InlineData("fingerprint", "{\"a\":1}")]
    [InlineData("fingerprint", "{")]
    public void A_damaged_field_is_a_fault_of_the_checkpoint(string name, string value)
    {
        Make(options => options).Train();
        Edit(metadata => metadata[name] = value);
        Should.Throw<CheckpointFormatException>(() => Make(options => options).Train(resume: true)).Message.ShouldContain(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"seconds\":-1}")]
    [InlineData("{\"seconds\":1e300}")]
    [InlineData("{\"seconds\":\"1\"}")]
    public void A_damaged_time_is_named(string content)
    {
        Make(options => options).Train();
        File.WriteAllText(_folder.File("checkpoint.time.json"), content);
        Should.Throw<CheckpointFormatException>(() => Make(options => options).Train(resume: true)).Message.ShouldContain("checkpoint.time.json");
    }

    [Fact]
    public void Without_the_time_of_earlier_runs_that_of_this_one_counts()
    {
        Make(options => options).Train();
        File.Delete(_folder.File("checkpoint.time.json"));
        var resumed = Make(options => options with { Steps = 6 });
        resumed.Train(resume: true);
        resumed.Steps.ShouldBe(6);
        TrainingCheckpoint.Delete(_folder.Path);
        Directory.GetFiles(_folder.Path, "checkpoint*").ShouldBeEmpty();
    }

    [Fact]
    public void The_time_of_all_runs_counts()
    {
        Make(options => options).Train();
        File.WriteAllText(_folder.File("checkpoint.time.json"), "{\"seconds\":7200}");
        var resumed = Make(options => options with { Steps = 6 });
        resumed.Train(resume: true);
        resumed.Steps.ShouldBe(6);
        resumed.Elapsed.ShouldBeGreaterThan(TimeSpan.FromHours(2));
        var again = Make(options => options with { Steps = 6 });
        again.Train(resume: true);
        again.Elapsed.ShouldBeGreaterThan(TimeSpan.FromHours(2));
    }

    [Fact]
    public void A_model_with_the_head_of_a_loss_is_saved_in_one_step_over_what_was_there()
    {
        File.WriteAllText(_folder.File("tokenizer.json"), "of another model");
        File.WriteAllText(_folder.File("notes.txt"), "mine");
        var model = SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model"));
        var rows = Rows();
        new Trainer(
            model, [new TrainingDataset("texts", rows, new MaskedLanguageModelLoss(model))], new DefaultBatchSampler(rows.Length, 4), parameters => new AdamW(ParameterGroups.From(parameters)),
            new TrainerOptions { Steps = 1, Schedule = new ConstantSchedule(1e-4), Folder = _folder.Path, CheckpointEvery = 1 }).Train();
        File.Exists(_folder.File("tokenizer.json")).ShouldBeFalse();
        File.ReadAllText(_folder.File("notes.txt")).ShouldBe("mine");
        File.Exists(_folder.File("checkpoint.safetensors")).ShouldBeTrue();
        File.ReadAllText(_folder.File("config.json")).ShouldContain("ForMaskedLM");
        SentenceTransformer.Load(_folder.Path).Encode("A man is eating food.").Length.ShouldBe(32);
    }

    private Trainer Changed(string change, bool allow)
    {
        TrainerOptions Longer(TrainerOptions options) => options with { Steps = 6, AllowChanges = allow };
        return change switch
        {
            "data" => Make(Longer, rows => [.. rows.Select((row, i) => i == 3 ? row with { Texts = ["Another text.", row.Texts[1]] } : row)]),
            "label" => Make(Longer, rows => [.. rows.Select((row, i) => i == 3 ? row with { Score = 0.9f } : row)]),
            "loss" => Make(Longer, loss: new CoSENTLoss()),
            "prompt" => Make(Longer, prompts: ["query: "]),
            "batch" => Make(Longer, batch: 2),
            "seed" => Make(Longer, seed: 6),
            "optimizer" => Make(Longer, decay: 0.1),
            "rate" => Make(options => Longer(options) with { Schedule = new ConstantSchedule(1e-4) }),
            "clip" => Make(options => Longer(options) with { MaxGradientNorm = 2 }),
            "dropout" => Make(options => Longer(options) with { DropoutSeed = 1 }),
            "same name" => Make(options => Longer(options) with { Fingerprint = new Dictionary<string, string> { ["other"] = "1", ["gradient clip"] = "one" } }),
            "added" => Make(options => Longer(options) with { Fingerprint = new Dictionary<string, string> { ["other"] = "1", ["file"] = "2" } }),
            _ => Make(options => Longer(options) with { Fingerprint = new Dictionary<string, string>() }),
        };
    }

    private Trainer Make(
        Func<TrainerOptions, TrainerOptions> with, Func<Example[], Example[]>? data = null, Objective? loss = null, string[]? prompts = null, int batch = 3, int seed = 5, double decay = 0.01)
    {
        var rows = Rows();
        rows = data is null ? rows : data(rows);
        return new Trainer(
            SentenceTransformer.LoadTrainable(Fixtures.Own("losses/model")),
            [new TrainingDataset("pairs", rows, loss ?? new CosineSimilarityLoss()) { Prompts = prompts ?? [] }],
            new DefaultBatchSampler(rows.Length, batch, seed),
            parameters => new AdamW(ParameterGroups.From(parameters, decay)),
            with(new TrainerOptions
            {
                Steps = 4,
                Schedule = new LinearSchedule(1e-3, totalSteps: 10, warmupSteps: 2),
                Folder = _folder.Path,
                CheckpointEvery = 2,
                Fingerprint = new Dictionary<string, string> { ["other"] = "1" },
            }));
    }

    // As another version, or damage, would have written it.
    private void Edit(Action<IDictionary<string, string>> change)
    {
        var path = _folder.File("checkpoint.safetensors");
        var file = SafetensorsFile.Open(path);
        var writer = new SafetensorsWriter();
        foreach (var (name, value) in file.Metadata)
        {
            writer.Metadata[name] = value;
        }

        change(writer.Metadata);
        foreach (var tensor in file.Tensors)
        {
            if (tensor.DType == DType.I64)
            {
                writer.Add(tensor.Name, file.ReadInt64(tensor.Name), [.. tensor.Shape]);
            }
            else
            {
                writer.Add(tensor.Name, file.Read(tensor.Name));
            }
        }

        writer.Save(path);
    }

    private static Example[] Rows() => [.. Enumerable.Range(0, 8).Select(i => new Example([$"The number {i} and {i * 3}.", $"A number, {i}!"], Score: i % 4 / 4f))];
}
