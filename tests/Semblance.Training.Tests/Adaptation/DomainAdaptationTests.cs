using System.Text.Json;
using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Adaptation;

public class DomainAdaptationTests
{
    private static readonly string[] Subjects = ["boat", "guitar", "horse", "plane", "dog", "child", "doctor", "market"];

    private static readonly string[] Verbs = ["rests near the old harbour", "is heard in the long street", "runs over the green field", "waits behind the tall house"];

    [Theory]
    [InlineData(AdaptationMethod.MaskedWords)]
    [InlineData(AdaptationMethod.Tsdae)]
    [InlineData(AdaptationMethod.SimCse)]
    [InlineData(AdaptationMethod.Pairs)]
    [InlineData(AdaptationMethod.Gpl)]
    public async Task Each_method_trains_from_texts_alone_and_compares_the_model_before_and_after(AdaptationMethod method)
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [method], Steps = 3, KeepAlways = true };
        var result = await DomainAdaptation.RunAsync(options);
        result.IsKept.ShouldBeTrue();
        result.Before.PrimaryMetric.ShouldBe("cosine_ndcg@10");
        var adapted = SentenceTransformer.Load(options.Output);
        adapted.Encode("A boat.").ShouldNotBe(RecordedModel.MeanNormalize.Encode("A boat."));
        File.ReadAllText(Path.Combine(options.Output, "README.md")).ShouldContain("| cosine_ndcg@10 |");

        // The recipe gives the same model again.
        var again = Recipe.Load(result.Recipes.Single(), new RecipeOptions
        {
            DataFolder = Path.Combine(options.Output, "adaptation"),
            Output = folder.File("again"),
        });
        await again.RunAsync();
        SentenceTransformer.Load(folder.File("again")).Encode("A boat.").ShouldBe(adapted.Encode("A boat."));
    }

    [Fact]
    public async Task A_model_that_is_not_better_is_not_written_unless_asked_for()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [AdaptationMethod.SimCse], Steps = 1, Rate = 1e-12 };
        var result = await DomainAdaptation.RunAsync(options);
        result.IsBetter.ShouldBeFalse();
        result.IsKept.ShouldBeFalse();
        File.Exists(Path.Combine(options.Output, "modules.json")).ShouldBeFalse();
        (await DomainAdaptation.RunAsync(options with { Resume = true, KeepAlways = true })).IsKept.ShouldBeTrue();
        File.Exists(Path.Combine(options.Output, "modules.json")).ShouldBeTrue();
    }

    [Fact]
    public async Task Methods_follow_one_another_and_a_stopped_run_is_resumed_with_the_same_result()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [AdaptationMethod.MaskedWords, AdaptationMethod.Pairs], Steps = 2, KeepAlways = true };
        var whole = await DomainAdaptation.RunAsync(options);
        whole.Recipes.Select(Path.GetFileName).ShouldBe(["1-masked-words.yaml", "2-pairs.yaml"]);
        File.ReadAllText(whole.Recipes[1]).ShouldContain("1-masked-words");

        var second = options with { Output = folder.File("second") };
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => DomainAdaptation.RunAsync(second, new StopAt("training 2-pairs", stop), stop.Token));
        await DomainAdaptation.RunAsync(second with { Resume = true });
        SentenceTransformer.Load(second.Output).Encode("A boat.").ShouldBe(SentenceTransformer.Load(options.Output).Encode("A boat."));
    }

    [Fact]
    public async Task An_earlier_run_is_neither_overwritten_nor_mixed_with_other_settings()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [AdaptationMethod.SimCse], Steps = 1, KeepAlways = true };
        await DomainAdaptation.RunAsync(options);
        (await Should.ThrowAsync<IOException>(() => DomainAdaptation.RunAsync(options))).Message.ShouldContain("has an adaptation already");
        (await Should.ThrowAsync<IOException>(() => DomainAdaptation.RunAsync(options with { Resume = true, Seed = 7 })))
            .Message.ShouldContain("seed: 7");
        (await DomainAdaptation.RunAsync(options with { Overwrite = true, Seed = 7 })).IsKept.ShouldBeTrue();
    }

    [Fact]
    public async Task Margins_are_those_of_the_teacher_on_the_scale_of_the_model()
    {
        using var folder = new TemporaryFolder();
        var teacher = Fixtures.Own("st/cross-encoder");
        var options = Options(folder) with { Teacher = teacher, Steps = 1, KeepAlways = true };
        await DomainAdaptation.RunAsync(options);
        var rows = File.ReadLines(Path.Combine(options.Output, "adaptation", "1-gpl.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var model = CrossEncoder.Load(teacher);
        var logits = PredictOptions.Default with { Activation = Semblance.Tensors.Activation.Identity };
        var ratios = rows.Take(50).Select(row =>
        {
            var (query, positive, negative) = (Text(row, "query"), Text(row, "positive"), Text(row, "negative"));
            negative.ShouldNotBe(positive);
            var scores = model.Predict([(query, positive), (query, negative)], logits).Scores.Values;
            return (Margin: row.GetProperty("margin").GetDouble(), Teacher: (double)scores[0] - scores[1]);
        }).ToArray();
        var largest = ratios.MaxBy(pair => Math.Abs(pair.Teacher));
        var scale = largest.Margin / largest.Teacher;
        scale.ShouldBeGreaterThan(0);
        ratios.ShouldAllBe(pair => Math.Abs(pair.Margin - (scale * pair.Teacher)) < 1e-4);
    }

    [Fact]
    public async Task Pairs_of_a_file_are_ranked_among_all_second_texts()
    {
        using var folder = new TemporaryFolder();
        var pairs = folder.File("pairs.tsv");
        File.WriteAllText(pairs, "question\tanswer\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"Where is the {Subjects[i]}?\tThe {Subjects[i]} {Verbs[i % 4]}.\n")));
        var options = Options(folder) with { Pairs = pairs, Methods = [AdaptationMethod.SimCse], Steps = 1, KeepAlways = true };
        var result = await DomainAdaptation.RunAsync(options);

        // Counted by hand from the similarities of the model.
        var model = RecordedModel.MeanNormalize;
        var (queries, answers) = (
            model.Encode([.. Subjects.Select(subject => $"Where is the {subject}?")]),
            model.Encode([.. Subjects.Select((subject, i) => $"The {subject} {Verbs[i % 4]}.")]));
        var similarity = model.Similarity(queries, answers);
        var reciprocal = Enumerable.Range(0, 8).Average(i => 1.0 / (1 + similarity.Row(i).ToArray().Count(score => score > similarity.Row(i)[i])));
        result.Before.Metrics["cosine_mrr@10"].ShouldBe(reciprocal, 1e-6);
    }

    [Fact]
    public async Task Too_few_texts_are_an_error_that_says_what_to_give()
    {
        using var folder = new TemporaryFolder();
        var texts = folder.File("few.txt");
        File.WriteAllText(texts, "One line.\nAnother line.\n");
        var options = Options(folder) with { Texts = texts };
        (await Should.ThrowAsync<DatasetException>(() => DomainAdaptation.RunAsync(options))).Message.ShouldContain("pairs of your own");
    }

    [Theory]
    [InlineData("", "the file has no texts")]
    [InlineData("One line.\nAnother line.\n", "pairs of your own")]
    [InlineData("\u00ff\0", "few.txt")]
    [InlineData(null, "there is no such file")]
    public async Task Bad_texts_leave_an_earlier_adaptation_as_it_is_and_nothing_behind(string? content, string problem)
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [AdaptationMethod.SimCse], Steps = 1, KeepAlways = true };
        await DomainAdaptation.RunAsync(options);
        var before = Files(options.Output);
        var bad = options with { Texts = folder.File("few.txt"), Overwrite = true };
        if (content is not null)
        {
            File.WriteAllText(bad.Texts, content);
        }

        (await Should.ThrowAsync<Exception>(() => DomainAdaptation.RunAsync(bad))).Message.ShouldContain(problem);
        Files(options.Output).ShouldBe(before);
        await Should.ThrowAsync<Exception>(() => DomainAdaptation.RunAsync(bad with { Output = folder.File("new"), Overwrite = false }));
        Directory.Exists(folder.File("new")).ShouldBeFalse();

        static string[] Files(string path) =>
            [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks}")];
    }

    [Fact]
    public async Task New_words_are_tokens_of_the_adapted_model()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder) with { Methods = [AdaptationMethod.Pairs], NewWords = 3, Steps = 1, KeepAlways = true };
        var result = await DomainAdaptation.RunAsync(options);
        result.NewWords.Count.ShouldBe(3);
        var adapted = SentenceTransformer.Load(options.Output);
        foreach (var word in result.NewWords)
        {
            adapted.Tokenizer.Encode($"The {word}.").Tokens.ShouldContain(word);
            RecordedModel.MeanNormalize.Tokenizer.Encode($"The {word}.").Tokens.ShouldNotContain(word);
        }
    }

    // Documents of a title and passages of four sentences, different in each.
    private static DomainAdaptationOptions Options(TemporaryFolder folder)
    {
        var texts = folder.File("texts.txt");
        File.WriteAllText(texts, string.Concat(Enumerable.Range(0, 240).Select(i =>
        {
            var (subject, other) = (Subjects[i % 8], Subjects[(i / 8) % 8]);
            return $"The {subject} and the {other}\n"
                + string.Concat(Enumerable.Range(0, 4).Select(j => $"On day {i} the {(j % 2 == 0 ? subject : other)} {Verbs[(i + j) % 4]} for {(i * 7) + j} hours. "))
                + "\n\n";
        })));
        return new DomainAdaptationOptions(texts, folder.File("adapted")) { Model = Fixtures.Own("st/mean-normalize") };
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<DomainAdaptationProgress>
    {
        public void Report(DomainAdaptationProgress value)
        {
            if (value.Stage == stage && value.Step is not null)
            {
                stop.Cancel();
            }
        }
    }
}
