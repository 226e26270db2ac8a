using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Semblance.Files;
using Semblance.Generation;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>
/// Adapts a sentence encoder to the texts of a domain, without labels: makes training data from the texts, trains by recipes, and compares
/// the model before and after on pairs.
/// </summary>
/// <example><code>
/// var options = new DomainAdaptationOptions("articles.txt", "adapted") { Pairs = "questions.tsv" };
/// var result = await DomainAdaptation.RunAsync(options, progress, cancellationToken);
/// </code></example>
public static class DomainAdaptation
{
    private const string WorkFolder = "adaptation", SettingsFile = "settings.txt", TextsFile = "texts.txt", QueriesFile = "queries.jsonl",
        VocabularyFolder = "vocabulary";

    private const int PassageTokens = 128;
    private const int PassagesOfPart = 128;
    private const int HeldOutShare = 10; // one document of so many
    private const int MostHeldOut = 1000; // pairs
    private const int FewestHeldOut = 20;

    /// <summary>Adapts a model and evaluates it before and after.</summary>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives progress during each stage.</param>
    /// <param name="cancellationToken">
    /// The token that cancels the operation. What is complete remains, and a run with <see cref="DomainAdaptationOptions.Resume"/> continues.
    /// </param>
    /// <returns>The evaluations, and whether the model was written.</returns>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the others.</exception>
    /// <exception cref="DatasetException">The texts or pairs cannot be read, or are too few.</exception>
    /// <exception cref="IOException">The output folder is not empty, or a file cannot be written.</exception>
    /// <exception cref="FormatException">A file of a model is damaged, or the model has no vectors for texts.</exception>
    /// <exception cref="NotSupportedException">The method or new words are not supported for the model.</exception>
    /// <exception cref="TrainingException">The loss or the gradient is not finite.</exception>
    public static Task<DomainAdaptationResult> RunAsync(
        DomainAdaptationOptions options, IProgress<DomainAdaptationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return Task.Run(() => AdaptAsync(options, progress, cancellationToken), cancellationToken);
    }

    private static async Task<DomainAdaptationResult> AdaptAsync(
        DomainAdaptationOptions options, IProgress<DomainAdaptationProgress>? progress, CancellationToken cancellationToken)
    {
        var work = Path.Combine(options.Output, WorkFolder);
        var folder = await RecipeModel.FolderAsync(options.Model, ModelKind.SentenceTransformer, cancellationToken).ConfigureAwait(false);
        var model = SentenceTransformer.Load(folder);
        if (!model.MakesSentenceEmbeddings)
        {
            throw new ArgumentException($"The model '{options.Model}' has no pooling, so it has no vectors to adapt.", nameof(options));
        }

        Report("reading texts");
        var isBegun = !options.Overwrite && File.Exists(Path.Combine(work, TextsFile));
        var input = isBegun ? default : Read(options, model, cancellationToken); // before an earlier adaptation is overwritten
        Begin(options, work);
        var documents = Prepare(options, work, input);
        Report("evaluating the model");
        var pairs = AdaptationPairs.Open(work);
        var before = pairs.Evaluator().Evaluate(model, cancellationToken);

        var (start, words) = (options.Model, (IReadOnlyList<string>)[]);
        if (options.NewWords > 0)
        {
            Report("adding words");
            words = NewWords.Find(documents.SelectMany(document => document), model.Tokenizer, options.NewWords, cancellationToken);
            if (words.Count > 0)
            {
                (model, start) = (NewWords.Add(model, words), Path.Combine(work, VocabularyFolder));
                model.Save(start);
            }
        }

        var recipes = new List<string>();
        foreach (var (i, method) in options.UsedMethods.Index())
        {
            var name = $"{i + 1}-{AdaptationRecipe.NameOf(method)}";
            var (recipe, output) = (Path.Combine(work, name + ".yaml"), Path.Combine(work, name));
            if (!File.Exists(recipe))
            {
                var (data, rows) = method is AdaptationMethod.Pairs or AdaptationMethod.Gpl
                    ? await LabelAsync(method, name + ".jsonl", start).ConfigureAwait(false)
                    : (TextsFile, DocumentSentences.Read([Path.Combine(work, TextsFile)], model.Tokenizer).Count());
                var text = AdaptationRecipe.Text(
                    method, start, output, data, rows, model.Config.SimilarityFunction, options,
                    isLast: i == options.UsedMethods.Count - 1);
                Write(recipe, text);
            }

            recipes.Add(recipe);
            var training = await Recipe.Load(recipe, new RecipeOptions { DataFolder = work })
                .PrepareAsync(new RecipeRunOptions { Resume = options.Resume }, cancellationToken).ConfigureAwait(false);
            await training.RunAsync(new StepReporter(progress, $"training {name}", training.Options.Steps), cancellationToken)
                .ConfigureAwait(false);
            start = output;
            model = SentenceTransformer.Load(output);
        }

        Report("evaluating the adapted model");
        var result = new DomainAdaptationResult(before, pairs.Evaluator().Evaluate(model, cancellationToken), true, recipes, words);
        result = result with { IsKept = result.IsBetter || options.KeepAlways };
        if (result.IsKept)
        {
            Publish(start, options.Output, result);
        }

        return result;

        void Report(string stage) => progress?.Report(new DomainAdaptationProgress(stage, 0));

        // The rows of queries, with negatives that the model finds.
        async Task<(string File, int Rows)> LabelAsync(AdaptationMethod method, string file, string from)
        {
            var path = Path.Combine(work, file);
            var queries = await QueriesAsync().ConfigureAwait(false);
            if (!File.Exists(path))
            {
                Report("mining negatives");
                var negatives = PseudoLabels.Negatives(model, queries, options.NegativesPerQuery, options.Seed, cancellationToken);
                var judge = method == AdaptationMethod.Pairs ? null : options.Teacher is null
                    ? PassageJudge.Of(await FolderOfAsync(from).ConfigureAwait(false), model)
                    : PassageJudge.Of(await FolderOfAsync(options.Teacher, ModelKind.CrossEncoder).ConfigureAwait(false));
                var scaleTo = judge is { IsMixed: false } && model.Config.SimilarityFunction == SimilarityFunction.DotProduct ? null : model;
                PseudoLabels.Write(
                    path, queries, negatives, judge, scaleTo, new PartReporter(progress, judge is null ? "mining negatives" : "judging"),
                    cancellationToken);
            }

            return (file, File.ReadLines(path).Count());
        }

        Task<string> FolderOfAsync(string name, ModelKind? kind = ModelKind.SentenceTransformer) =>
            RecipeModel.FolderAsync(name, kind, cancellationToken);

        async Task<IReadOnlyList<Example>> QueriesAsync()
        {
            var path = Path.Combine(work, QueriesFile);
            if (!File.Exists(path))
            {
                Report("writing queries");
                Passage[] passages = [.. Passages(documents, model, cancellationToken)];
                var generator = options.Generator is null
                    ? null
                    : new GeneratedQueries(TextGenerator.Load(await FolderOfAsync(options.Generator, null).ConfigureAwait(false)));
                var pseudo = new PseudoQueries(generator is null ? passages : []);
                RowParts.Write(
                    path, passages, PassagesOfPart,
                    (part, first) => part.SelectMany((passage, i) => generator is null
                            ? pseudo.Of(passage, options.QueriesPerPassage, options.Seed + first + i)
                            : generator.Of(passage.Text, options.QueriesPerPassage, options.Seed + first + i, cancellationToken)
                                .Select(query => (Query: query, passage.Text)),
                        (passage, query) => (Action<System.Text.Json.Utf8JsonWriter>)(json =>
                        {
                            json.WriteString("query", query.Query);
                            json.WriteString("text", query.Text);
                            json.WriteString("document", passage.Document.ToString(CultureInfo.InvariantCulture));
                        })),
                    new PartReporter(progress, "writing queries"), cancellationToken);
            }

            Example[] queries =
            [
                .. new DatasetReader(path, new ColumnMapping("query", "text") { Label = "document" }) { BrokenRows = BrokenRows.Skip },
            ];
            return queries.Length > 0 ? queries : throw new DatasetException(
                options.Texts, null, "no query can be made from the texts: they have no titles, no passages of three sentences and too few words.");
        }
    }

    // Checks or starts the folder of the work.
    private static void Begin(DomainAdaptationOptions options, string work)
    {
        var path = Path.Combine(work, SettingsFile);
        var settings = Settings(options);
        if (options.Overwrite && Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        if (File.Exists(path))
        {
            if (!options.Resume)
            {
                throw new IOException(
                    $"{options.Output}: the folder has an adaptation already; resume it, overwrite it, or choose another folder.");
            }

            var changed = settings.Except(File.ReadAllLines(path)).ToArray();
            if (changed.Length > 0)
            {
                throw new IOException(
                    $"{path}: the adaptation was begun with other settings than {string.Join(", ", changed)}; use the earlier ones, overwrite "
                    + "it, or choose another folder.");
            }

            return;
        }

        if (!options.Overwrite && Directory.Exists(options.Output) && Directory.EnumerateFileSystemEntries(options.Output).Any())
        {
            throw new IOException($"{options.Output}: the folder is not empty; choose a new folder, or overwrite it.");
        }

        Directory.CreateDirectory(work);
        Write(path, string.Concat(settings.Select(setting => setting + "\n")));
    }

    private static string[] Settings(DomainAdaptationOptions options)
    {
        return
        [
            $"model: {options.Model}",
            $"texts: {Hash(options.Texts)}",
            $"column: {options.Column}",
            $"methods: {string.Join(", ", options.UsedMethods.Select(AdaptationRecipe.NameOf))}",
            $"generator: {options.Generator}",
            $"teacher: {options.Teacher}",
            string.Create(CultureInfo.InvariantCulture, $"queries per passage: {options.QueriesPerPassage}"),
            string.Create(CultureInfo.InvariantCulture, $"negatives per query: {options.NegativesPerQuery}"),
            string.Create(CultureInfo.InvariantCulture, $"new words: {options.NewWords}"),
            $"pairs: {(options.Pairs is null ? "held out" : Hash(options.Pairs))}",
            string.Create(CultureInfo.InvariantCulture, $"steps: {options.Steps}"),
            string.Create(CultureInfo.InvariantCulture, $"rate: {options.Rate}"),
            string.Create(CultureInfo.InvariantCulture, $"seed: {options.Seed}"),
        ];

        static string Hash(string path)
        {
            using var stream = File.Exists(path)
                ? File.OpenRead(path)
                : throw new DatasetException(path, null, "there is no such file.");
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
    }

    // The documents to train on and the pairs to evaluate with.
    private static (IReadOnlyList<IReadOnlyList<string>> Documents, IReadOnlyList<(string, string)> Pairs) Read(
        DomainAdaptationOptions options, SentenceTransformer model, CancellationToken cancellationToken)
    {
        var documents = DomainTexts.Read(options.Texts, options.Column);
        if (options.Pairs is { } file)
        {
            return (documents, AdaptationPairs.Read(file));
        }

        (documents, var held) = HoldOut(documents, options.Seed);
        return (documents, HeldOutPairs(held, model, options, cancellationToken));
    }

    // Writes the input unless an earlier run did, and returns the documents.
    private static IReadOnlyList<IReadOnlyList<string>> Prepare(
        DomainAdaptationOptions options, string work,
        (IReadOnlyList<IReadOnlyList<string>> Documents, IReadOnlyList<(string, string)> Pairs) input)
    {
        var texts = Path.Combine(work, TextsFile);
        if (input.Documents is not null)
        {
            AdaptationPairs.Write(work, input.Pairs, options.Seed);
            DomainTexts.Write(texts, input.Documents); // last: an input with texts is complete
        }

        return DomainTexts.Read(texts, options.Column); // as a resumed run reads them
    }

    private static (IReadOnlyList<IReadOnlyList<string>> Trained, IReadOnlyList<IReadOnlyList<string>> HeldOut) HoldOut(
        IReadOnlyList<IReadOnlyList<string>> documents, int seed)
    {
        var held = Permutation.Of(documents.Count, seed, 0).Take(documents.Count / HeldOutShare).ToHashSet();
        return ([.. documents.Where((_, i) => !held.Contains(i))], [.. documents.Where((_, i) => held.Contains(i))]);
    }

    private static (string, string)[] HeldOutPairs(
        IReadOnlyList<IReadOnlyList<string>> held, SentenceTransformer model, DomainAdaptationOptions options,
        CancellationToken cancellationToken)
    {
        Passage[] passages = [.. Passages(held, model, cancellationToken)];
        var queries = new PseudoQueries([]);
        (string, string)[] pairs =
        [
            .. passages.SelectMany((passage, i) => queries.Of(passage, 1, options.Seed + i, withKeywords: false)).Take(MostHeldOut),
        ];
        return pairs.Length >= FewestHeldOut ? pairs : throw new DatasetException(
            options.Texts, null,
            $"the documents held out for the evaluation give {pairs.Length} pairs of a title or a sentence and its passage, and "
            + $"{FewestHeldOut} are needed; give more documents, separated by empty lines, or pairs of your own.");
    }

    private static IEnumerable<Passage> Passages(
        IReadOnlyList<IReadOnlyList<string>> documents, SentenceTransformer model, CancellationToken cancellationToken) =>
        Passage.Of(documents, model.Tokenizer, Math.Min(PassageTokens, model.MaxSequenceLength - 2), cancellationToken);

    // Copies the model, and its card with the comparison, into the output folder.
    private static void Publish(string from, string output, DomainAdaptationResult result)
    {
        var belongs = ModelFiles.In(from);
        ModelFiles.Save(output, target =>
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(from, file).Replace('\\', '/');
                if (belongs(name))
                {
                    var copy = Path.Combine(target, name);
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(file, copy);
                }
            }
        });
        var card = new StringBuilder(File.ReadAllText(Path.Combine(from, ModelCard.FileName)));
        card.Append(CultureInfo.InvariantCulture, $"\n## Adaptation\n\n| metric | before | after |\n| --- | ---: | ---: |\n");
        foreach (var (metric, value) in result.After.Metrics)
        {
            card.Append(CultureInfo.InvariantCulture, $"| {metric} | {100 * result.Before.Metrics[metric]:F2} | {100 * value:F2} |\n");
        }

        Write(Path.Combine(output, ModelCard.FileName), card.ToString());
    }

    private static void Write(string path, string text)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    private sealed class PartReporter(IProgress<DomainAdaptationProgress>? progress, string stage) : IProgress<double>
    {
        public void Report(double value) => progress?.Report(new DomainAdaptationProgress(stage, value));
    }

    private sealed class StepReporter(IProgress<DomainAdaptationProgress>? progress, string stage, long steps) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value) =>
            progress?.Report(new DomainAdaptationProgress(stage, value.Completed, value.Step, steps));
    }
}
