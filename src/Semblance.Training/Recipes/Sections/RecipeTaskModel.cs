using Semblance.Modules;

namespace Semblance.Training.Recipes;

/// <summary>
/// Creates the task model of a recipe, <c>text-classifier</c>, <c>token-classifier</c>, <c>question-answerer</c> or
/// <c>sequence-to-sequence</c>: an existing one, or a new head or decoder on the transformer of a model.
/// </summary>
internal static class RecipeTaskModel
{
    public const string TextClassifierKey = "text-classifier", TokenClassifierKey = "token-classifier",
        QuestionAnswererKey = "question-answerer", SequenceToSequenceKey = "sequence-to-sequence";

    /// <summary>The keys of task models in a recipe.</summary>
    public static readonly string[] Keys = [TextClassifierKey, TokenClassifierKey, QuestionAnswererKey, SequenceToSequenceKey];

    /// <summary>Creates the model.</summary>
    /// <param name="key">The key of the model.</param>
    /// <param name="node">A folder or Hub id, or a mapping with <c>folder</c> or <c>new</c>.</param>
    /// <param name="recipe">The recipe, whose data sets have the labels if the model names none.</param>
    /// <param name="data">The folder that paths of data are relative to.</param>
    /// <param name="seed">The random seed of the weights.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task<ITrainableModel> CreateAsync(
        string key, RecipeNode node, RecipeNode recipe, string data, int seed, CancellationToken cancellationToken)
    {
        var folder = await RecipeModel.FolderAsync(node, cancellationToken).ConfigureAwait(false);
        var settings = node.IsMapping ? node.Only([.. KeysOf(key), "folder", "new", "max-length"]) : null;
        var kind = folder is null ? ModelKind.SentenceTransformer : ModelKinds.Of(folder);
        var isTrained = settings?.Find("labels") is null && settings?.Find("problem") is null && settings?.Find("max-length") is null;
        if (key == SequenceToSequenceKey && folder is not null && kind == ModelKind.SequenceToSequenceModel)
        {
            var model = SequenceToSequenceModel.LoadTrainable(folder);
            return settings is null ? model : model.With(
                settings.Find("max-length")?.Number(2, model.Body!.MaxPositions),
                settings.Find("max-target-length")?.Number(2, int.MaxValue), settings.Find("prefix")?.Text());
        }

        if (isTrained && kind == KindOf(key))
        {
            return key switch
            {
                TextClassifierKey => TextClassifier.LoadTrainable(folder!),
                TokenClassifierKey => TokenClassifier.LoadTrainable(folder!),
                _ => QuestionAnswerer.LoadTrainable(folder!),
            };
        }

        var input = folder is null ? RecipeModel.NewInput(node.Get("new"), seed) : TransformerModule.Load(folder, trainable: true);
        if (settings?.Find("max-length") is { } length)
        {
            input = (TransformerModule)RecipeModel.Shortened(input, length);
        }

        return Create(key, node, input, settings, [.. recipe.Get("datasets").Items()], data, seed, shared: false);
    }

    /// <summary>Creates a new head or decoder on a transformer.</summary>
    /// <param name="key">The key of the model.</param>
    /// <param name="node">The head in the recipe, for errors.</param>
    /// <param name="input">The tokenizer and the transformer.</param>
    /// <param name="settings">The settings of the head; <see langword="null"/> for none.</param>
    /// <param name="datasets">The data sets of the head, which have its labels if the settings name none.</param>
    /// <param name="data">The folder that paths of data are relative to.</param>
    /// <param name="seed">The random seed of the weights.</param>
    /// <param name="shared"><see langword="true"/> to share the transformer's parameters; <see langword="false"/> to copy them.</param>
    public static ITrainableModel Create(
        string key, RecipeNode node, TransformerModule input, RecipeNode? settings, RecipeNode[] datasets, string data, int seed,
        bool shared)
    {
        var names = settings?.Find("labels")?.Items().Select(label => label.Text()).ToArray();
        try
        {
            return key switch
            {
                TextClassifierKey => TextClassifier.Create(
                    input, names ?? TextLabels(datasets, data), ProblemOf(settings, datasets), seed, shared),
                TokenClassifierKey => TokenClassifier.Create(input, names ?? TokenLabels(datasets, data), seed, shared),
                SequenceToSequenceKey => SequenceToSequenceModel.Create(
                    input, settings?.Find("max-target-length")?.Number(2, int.MaxValue) ?? SequenceToSequenceConfig.DefaultMaxTargetLength,
                    settings?.Find("prefix")?.Text() ?? "", seed),
                _ => QuestionAnswerer.Create(input, seed, shared),
            };
        }
        catch (ArgumentException e)
        {
            throw node.Fault(e.Message);
        }
    }

    /// <summary>Returns the names of a model's labels, which number those of the data; <see langword="null"/> for other models.</summary>
    public static LabelNames? LabelsOf(ITrainableModel model) => model switch
    {
        TextClassifier classifier => new LabelNames(classifier.Labels),
        TokenClassifier tagger => new LabelNames(tagger.Labels),
        _ => null,
    };

    /// <summary>Returns the keys of the settings that belong to the head of a kind.</summary>
    public static string[] KeysOf(string key) => key switch
    {
        TextClassifierKey => ["labels", "problem"],
        TokenClassifierKey => ["labels"],
        SequenceToSequenceKey => ["max-target-length", "prefix"],
        _ => [],
    };

    private static ModelKind KindOf(string key) => key switch
    {
        TextClassifierKey => ModelKind.CrossEncoder,
        TokenClassifierKey => ModelKind.TokenClassifier,
        SequenceToSequenceKey => ModelKind.SequenceToSequenceModel,
        _ => ModelKind.QuestionAnswerer,
    };

    private static ClassificationProblem ProblemOf(RecipeNode? settings, RecipeNode[] datasets) => settings?.Find("problem")?.OneOf(
        ("single-label", ClassificationProblem.SingleLabel), ("multi-label", ClassificationProblem.MultiLabel),
        ("regression", ClassificationProblem.Regression))
        ?? (datasets.Any(dataset => dataset.Find("label-separator") is not null) ? ClassificationProblem.MultiLabel
            : datasets.All(dataset => dataset.Find("label") is null) ? ClassificationProblem.Regression
            : ClassificationProblem.SingleLabel);

    // The labels of all data sets, in alphabetical order; of a regression, the names of the columns.
    private static IReadOnlyList<string> TextLabels(RecipeNode[] datasets, string data)
    {
        if (datasets.All(dataset => dataset.Find("label") is null))
        {
            var columns = datasets[0].Find("score") ?? datasets[0].Get("targets");
            return [.. columns.Items().Select(column => column.Text())];
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var dataset in datasets)
        {
            if (dataset.Find("labels") is { } named)
            {
                names.UnionWith(named.Items().Select(name => name.Text()));
                continue;
            }

            var separator = dataset.Find("label-separator")?.Text();
            foreach (var file in Files(dataset, data))
            {
                foreach (var row in EvaluationFile.Rows(file, dataset.Get("label").Text()))
                {
                    names.UnionWith(separator is null ? row.Fields : ColumnMapping.LabelsOf(row.Fields[0], separator));
                }
            }
        }

        return [.. names];
    }

    private static IReadOnlyList<string> TokenLabels(RecipeNode[] datasets, string data) =>
        TaggedSentences.LabelsOf(datasets.SelectMany(dataset => Files(dataset, data)).SelectMany(TaggedSentences.Read));

    private static IEnumerable<string> Files(RecipeNode dataset, string data) =>
        dataset.Get("files").Items().Select(file => Path.Combine(data, file.Text()));
}
