using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Semblance.Files;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training;

/// <summary>
/// Writes the model card, <c>README.md</c> in the folder of a model, which the Hugging Face Hub shows. Its YAML front matter is
/// machine-readable
/// (huggingface.co/docs/hub/model-cards).
/// </summary>
public static partial class ModelCard
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "README.md";

    /// <summary>Writes the card into the folder of a model and overwrites an existing one.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="summary">The summary of the training.</param>
    /// <param name="model">The trained model.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string folder, TrainingSummary summary, ITrainableModel model)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var text = Render(summary, model);
        Directory.CreateDirectory(folder);
        using var file = new AtomicFile(Path.Combine(folder, FileName));
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <summary>Renders the card.</summary>
    /// <param name="summary">The summary of the training.</param>
    /// <param name="model">The trained model.</param>
    /// <returns>Markdown with YAML front matter.</returns>
    public static string Render(TrainingSummary summary, ITrainableModel model)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(model);
        var card = new StringBuilder();
        AddFrontMatter(card, summary, model);
        AddDescription(card, summary, model);
        AddUsage(card, ModelUsage.Of(summary, model));
        AddEvaluation(card, summary);
        AddTraining(card, summary);
        AddCitations(card, summary);
        return card.ToString();
    }

    private static void AddFrontMatter(StringBuilder card, TrainingSummary summary, ITrainableModel model)
    {
        var metrics = LastMetrics(summary);
        var head = new FrontMatter();
        head.AddTexts("language", summary.Languages);
        head.AddText("license", summary.License?.ToLowerInvariant());
        var task = TaskModelCard.Of(model);
        head.Add("library_name", task is null ? "sentence-transformers" : "transformers");
        head.Add("pipeline_tag", task?.PipelineTag ?? model switch
        {
            CrossEncoder { Labels.Count: 1 } => "text-ranking",
            CrossEncoder => "text-classification",
            _ => "sentence-similarity",
        });
        head.AddText("base_model", BaseModelId(summary));
        head.AddTexts("tags", [
            task is null ? "sentence-transformers" : "transformers",
            .. task is not null ? [task.PipelineTag] : model switch
            {
                CrossEncoder => ["cross-encoder", "reranker"],
                MultiVectorEncoder => ["multi-vector", "late-interaction", "reranker"],
                SparseEncoder => ["sparse-encoder", "sparse", "feature-extraction"],
                _ => (string[])["sentence-similarity", "feature-extraction"],
            },
            "semblance",
            .. summary.Datasets.SelectMany(dataset => LossName().Matches(dataset.Loss)).Select(loss => $"loss:{loss.Value}").Distinct(),
        ]);
        head.AddTexts("datasets", summary.Datasets.Select(dataset => dataset.Name).Where(IsHubId).Distinct());
        head.AddTexts("metrics", metrics.Select(metric => metric.Name.Metric).Distinct());
        if (metrics.Count > 0)
        {
            head.Add("model-index", ModelIndex(summary, metrics));
        }

        Line(card, head.ToString());
    }

    // The format of results on the Hub: one entry for each task and data set.
    private static YamlSequenceNode ModelIndex(TrainingSummary summary, List<(string Stage, MetricName Name, double Value)> metrics) =>
    [
        new YamlMappingNode
        {
            { "name", FrontMatter.Text(summary.Name) },
            {
                "results", new YamlSequenceNode(metrics.GroupBy(TaskAndDataset).Select(group => new YamlMappingNode
                {
                    { "task", new YamlMappingNode { { "type", group.Key.Task }, { "name", Title(group.Key.Task) } } },
                    {
                        "dataset", new YamlMappingNode
                        {
                            { "name", FrontMatter.Text(group.Key.Dataset) },
                            { "type", FrontMatter.Text(group.Key.Dataset) },
                        }
                    },
                    {
                        "metrics", new YamlSequenceNode(group.Select(metric => new YamlMappingNode
                        {
                            { "type", FrontMatter.Text(metric.Name.Metric) },
                            { "value", metric.Value.ToString("R", CultureInfo.InvariantCulture) },
                            { "name", FrontMatter.Text(Title(metric.Name.Metric)) },
                        }))
                    },
                }))
            },
        },
    ];

    private static (string Task, string Dataset) TaskAndDataset((string Stage, MetricName Name, double Value) metric) =>
        (metric.Name.Task, metric.Name.Evaluator.Length > 0 ? metric.Name.Evaluator : metric.Stage);

    private static void AddDescription(StringBuilder card, TrainingSummary summary, ITrainableModel model)
    {
        Line(card, $"# {ReportText.Markdown(summary.Name)}");
        Line(card);
        Line(card, model switch
        {
            _ when TaskModelCard.Of(model) is { } task => task.Description,
            SentenceTransformer encoder =>
                $"A sentence encoder: it maps a text to a vector of {encoder.Dimension} dimensions, "
                + "so that texts of similar meaning have similar vectors. "
                + "It can be used for semantic search, paraphrase mining, clustering and deduplication.",
            MultiVectorEncoder multiVector =>
                $"A late-interaction model: it maps each token of a text to a vector of {multiVector.Dimension} dimensions, "
                + "and the score of a text is the sum of each query token's largest similarity with one of its tokens. "
                + "It can be used for reranking the results of a search.",
            SparseEncoder sparse =>
                $"A sparse encoder: it maps a text to a vector of {sparse.Dimension} dimensions, of which few are not zero. "
                + "It can be used for search with an inverted index, alone or beside dense vectors.",
            CrossEncoder { Labels.Count: > 1 } => "A cross-encoder: it reads two texts together and predicts the label of the pair.",
            _ =>
                "A cross-encoder: it reads two texts together and computes a score for the pair. "
                + "It can be used for reranking the results of a search.",
        });
        Line(card);
        Row(card, "Property", "Value");
        Row(card, "---", "---");
        var baseModel = BaseModelId(summary) is { } id
            ? $"[{ReportText.Markdown(id)}](https://huggingface.co/{id})"
            : ReportText.Markdown(summary.BaseModel ?? "none: randomly initialized");
        Row(card, "Base model", baseModel);
        var maxLength = model.MaxSequenceLength == int.MaxValue ? "any" : $"{model.MaxSequenceLength} tokens";
        if (model is SentenceTransformer vectors)
        {
            Row(card, "Vector", $"{vectors.Dimension} dimensions");
            Row(card, "Maximum sequence length", maxLength);
            Row(card, "Similarity", vectors.Config.SimilarityFunction.Name());
        }
        else if (model is MultiVectorEncoder tokens)
        {
            Row(card, "Vector of a token", $"{tokens.Dimension} dimensions");
            Row(card, "Maximum sequence length", maxLength);
            Row(card, "Similarity", tokens.Config.IsMean ? "meanmaxsim" : "maxsim");
        }
        else if (model is SparseEncoder sparse)
        {
            Row(card, "Vector", $"{sparse.Dimension} dimensions, sparse");
            Row(card, "Maximum sequence length", maxLength);
            Row(card, "Similarity", sparse.Config.SimilarityFunction.Name());
        }
        else if (model is CrossEncoder pairs)
        {
            Row(card, "Labels", ReportText.Markdown(string.Join(", ", pairs.Labels)));
            Row(card, "Maximum sequence length", maxLength);
            Row(card, "Activation", pairs.Config.Activation.ToString());
        }

        else if (TaskModelCard.Of(model) is { } task)
        {
            if (task.Labels.Count > 0)
            {
                Row(card, "Labels", ReportText.Markdown(string.Join(", ", task.Labels)));
            }

            Row(card, "Maximum sequence length", maxLength);
        }

        if (summary.Languages.Count > 0)
        {
            Row(card, "Languages", ReportText.Markdown(string.Join(", ", summary.Languages)));
        }

        if (summary.License is { } license)
        {
            Row(card, "License", ReportText.Markdown(license));
        }

        Line(card);
        Fence(card, "", model.ToString()!);
    }

    private static void AddUsage(StringBuilder card, (string CSharp, string? Python) usage)
    {
        Line(card, "## Usage");
        Line(card);
        Line(card, "In C#, with [Semblance](https://www.nuget.org/packages/Semblance):");
        Line(card);
        Fence(card, "csharp", usage.CSharp);
        if (usage.Python is { } python)
        {
            Line(card, python.StartsWith("from transformers", StringComparison.Ordinal)
                ? "In Python, with [transformers](https://huggingface.co/docs/transformers):"
                : "In Python, with [sentence-transformers](https://sbert.net):");
            Line(card);
            Fence(card, "python", python);
        }
    }

    private static void AddEvaluation(StringBuilder card, TrainingSummary summary)
    {
        if (summary.Results.Count == 0)
        {
            return;
        }

        Line(card, "## Evaluation");
        Line(card);
        Row(card, ["Metric", .. summary.Results.Select(result => ReportText.Markdown(result.Stage))]);
        Row(card, ["---", .. summary.Results.Select(_ => "---:")]);
        foreach (var metric in summary.Results.SelectMany(result => result.Result.Metrics.Keys).Distinct())
        {
            var bold = summary.Results.Any(result => result.Result.PrimaryMetric == metric) ? "**" : "";
            var values = summary.Results.Select(
                result => result.Result.Metrics.TryGetValue(metric, out var value) ? ReportText.Score(value) : "");
            Row(card, [bold + ReportText.Markdown(metric) + bold, .. values]);
        }

        Line(card);
        Line(card, "Bold: the metric by which models were compared.");
        Line(card);
    }

    private static void AddTraining(StringBuilder card, TrainingSummary summary)
    {
        Line(card, "## Training");
        Line(card);
        Row(card, "Data set", "Rows", "Batch size", "Sampler", "Loss", "Settings of the loss", "Source");
        Row(card, "---", "---:", "---:", "---", "---", "---", "---");
        foreach (var dataset in summary.Datasets)
        {
            Row(
                card, ReportText.Markdown(dataset.Name), ReportText.Count(dataset.Rows), ReportText.Markdown(dataset.BatchSize ?? ""),
                ReportText.Markdown(dataset.Sampler ?? ""), ReportText.Markdown(dataset.Loss),
                ReportText.Markdown(ReportText.Settings(dataset.LossSettings)), ReportText.Markdown(dataset.Source ?? ""));
        }

        Line(card);
        foreach (var dataset in summary.Datasets.Where(dataset => dataset.Examples.Count > 0))
        {
            AddExamples(card, dataset);
        }

        Line(
            card,
            $"{ReportText.Count(summary.Steps)} steps in {ReportText.Duration(summary.Duration)} on "
            + $"{ReportText.Markdown(summary.Machine.Processor)}, "
            + $"{summary.Machine.Threads} threads, {ReportText.Markdown(summary.Machine.Runtime)}.");
        Line(card);
        if (summary.Settings.Count > 0)
        {
            Row(card, "Setting", "Value");
            Row(card, "---", "---");
            foreach (var (name, value) in summary.Settings)
            {
                Row(card, ReportText.Markdown(name), ReportText.Markdown(value));
            }

            Line(card);
        }
    }

    private static void AddExamples(StringBuilder card, DatasetSummary dataset)
    {
        var columns = dataset.Examples.Max(example => example.Texts.Count);
        var labeled = dataset.Examples.Any(example => example.Score is not null || example.Label is not null);
        Line(card, $"Rows of {ReportText.Markdown(dataset.Name)}:");
        Line(card);
        Row(card, [.. Enumerable.Range(1, columns).Select(column => $"Text {column}"), .. labeled ? ["Label"] : Array.Empty<string>()]);
        Row(card, [.. Enumerable.Repeat("---", columns + (labeled ? 1 : 0))]);
        foreach (var example in dataset.Examples)
        {
            var texts = Enumerable.Range(0, columns).Select(
                column => ReportText.Markdown(ReportText.Shorten(example.Texts.ElementAtOrDefault(column) ?? "")));
            var label = (example.Score ?? example.Label)?.ToString(CultureInfo.InvariantCulture) ?? "";
            Row(card, [.. texts, .. labeled ? [label] : Array.Empty<string>()]);
        }

        Line(card);
    }

    private static void AddCitations(StringBuilder card, TrainingSummary summary)
    {
        Line(card, "## Citations");
        Line(card);
        Fence(
            card, "bibtex",
            string.Join("\n\n", summary.Datasets.SelectMany(dataset => dataset.Citations).Prepend(Papers.SentenceBert).Distinct()));
    }

    // Returns the last finite value of each metric.
    private static List<(string Stage, MetricName Name, double Value)> LastMetrics(TrainingSummary summary)
    {
        var last = new OrderedDictionary<string, (string Stage, double Value)>();
        foreach (var (stage, result) in summary.Results)
        {
            foreach (var (metric, value) in result.Metrics)
            {
                last[metric] = (stage, value);
            }
        }

        return
        [
            .. last.Where(metric => double.IsFinite(metric.Value.Value))
                .Select(metric => (metric.Value.Stage, MetricName.Parse(metric.Key), metric.Value.Value)),
        ];
    }

    // Distinguishes ids as SentenceTransformer.Load does: a folder, or a Hub id.
    private static string? BaseModelId(TrainingSummary summary) =>
        summary.BaseModel is { } model && IsHubId(model) && !Directory.Exists(model) ? model : null;

    private static bool IsHubId(string name) => HubId().IsMatch(name);

    private static string Title(string name) =>
        string.Join(' ', name.Split('_', '-').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static void Fence(StringBuilder card, string language, string text)
    {
        Line(card, $"```{language}");
        Line(card, text.ReplaceLineEndings("\n"));
        Line(card, "```");
        Line(card);
    }

    private static void Row(StringBuilder card, params IReadOnlyList<string> cells) => Line(card, $"| {string.Join(" | ", cells)} |");

    private static void Line(StringBuilder card, string text = "") => card.Append(text).Append('\n');

    // Matches each name in MatryoshkaLoss(CoSENTLoss).
    [GeneratedRegex(@"[\p{L}_]\w*", RegexOptions.CultureInvariant)]
    private static partial Regex LossName();

    [GeneratedRegex(
        @"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex HubId();
}
