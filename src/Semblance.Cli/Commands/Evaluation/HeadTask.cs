using Semblance.Cli.Input;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents an evaluation of a model with a head for the task, with baselines beside it.</summary>
/// <param name="Kind">The kind of task.</param>
/// <param name="Data">The files.</param>
internal sealed record HeadTask(string Kind, IReadOnlyList<string> Data)
{
    /// <summary>Gets the file that baselines are trained on, or <see langword="null"/>.</summary>
    public string? Train { get; init; }

    /// <summary>Gets the tag scheme of strict evaluation, or <see langword="null"/>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Gets the text columns, or <see langword="null"/> to find them.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Gets the column of labels, or <see langword="null"/> to find it.</summary>
    public string? Label { get; init; }

    /// <summary>Gets the file of the texts of questions, or <see langword="null"/>.</summary>
    public string? Contexts { get; init; }

    /// <summary>Gets the number of rows to evaluate, or <see langword="null"/> for all.</summary>
    public int? First { get; init; }

    /// <summary>Gets the number of beams, or <see langword="null"/> for that of the model.</summary>
    public int? NumBeams { get; init; }

    /// <summary>Gets a value that indicates whether ROUGE compares stems.</summary>
    public bool Stemming { get; init; }

    /// <summary>Evaluates the model of a folder and writes the results of each file.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="compute">The compute type.</param>
    /// <param name="isJson"><see langword="true"/> to write JSON; <see langword="false"/> to write lines.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public void Run(string folder, ComputeType compute, bool isJson, Host host, CancellationToken cancellationToken)
    {
        Func<string, IEnumerable<(string Name, IReadOnlyDictionary<string, double> Metrics, string? Report)>> evaluate = Kind switch
        {
            TaskOptions.EntitiesKind => Entities(TokenClassifier.Load(folder, compute), cancellationToken),
            TaskOptions.LabelsKind => Labels(TextClassifier.Load(folder, compute), cancellationToken),
            TaskOptions.SummariesKind or TaskOptions.TranslationKind =>
                Texts(ForTask(SequenceToSequenceModel.Load(folder, compute)), cancellationToken),
            _ => Answers(QuestionAnswerer.Load(folder, compute), cancellationToken),
        };
        using var json = isJson ? new JsonLinesWriter(host.Output) : null;
        foreach (var file in Data)
        {
            foreach (var (name, metrics, report) in evaluate(file))
            {
                if (json is not null)
                {
                    json.Write(writer =>
                    {
                        writer.WriteString("task", Path.GetFileName(file));
                        writer.WriteString("method", name);
                        ResultTable.WriteMetrics(writer, "metrics", metrics);
                    });
                    continue;
                }

                foreach (var (metric, value) in metrics)
                {
                    host.Text.WriteLine($"{Path.GetFileName(file)}  {name,-14}  {metric,-18}  {ResultTable.Text(metric, value),8}");
                }

                if (report is not null)
                {
                    host.Text.Write(report);
                }

                host.Flush();
            }
        }
    }

    private Func<string, IEnumerable<(string, IReadOnlyDictionary<string, double>, string?)>> Entities(
        TokenClassifier model, CancellationToken cancellationToken)
    {
        TagScheme? scheme = Scheme is null ? null : Enum.TryParse<TagScheme>(Scheme, ignoreCase: true, out var named) ? named
            : throw new InputException("--scheme", $"'{Scheme}' is no scheme; it can be {string.Join(", ", Enum.GetNames<TagScheme>())}.");
        var tagger = Train is null ? null : new FrequencyTagger(TaggedSentences.Read(Train));
        return file =>
        {
            TaggedSentence[] sentences = [.. TaggedSentences.Read(file)];
            var report = new TokenClassificationEvaluator(sentences) { Scheme = scheme }.Report(model, cancellationToken);
            (string, IReadOnlyDictionary<string, double>, string?) own = ("model", MetricsOf(report), report.ToString());
            return tagger is null ? [own] : [own, ("frequency", MetricsOf(EntityReport.Of(
                [.. sentences.Select(sentence => sentence.Tags)], [.. sentences.Select(sentence => tagger.Tag(sentence.Words.Words))],
                scheme)), null)];
        };
    }

    private static Dictionary<string, double> MetricsOf(EntityReport report) => new()
    {
        ["precision"] = report.MicroAverage.Precision,
        ["recall"] = report.MicroAverage.Recall,
        ["f1"] = report.MicroAverage.F1,
        ["accuracy"] = report.Accuracy,
    };

    private Func<string, IEnumerable<(string, IReadOnlyDictionary<string, double>, string?)>> Labels(
        TextClassifier model, CancellationToken cancellationToken)
    {
        var columns = new EvaluationColumns { Texts = Columns, Label = Label };
        var training = Train is null ? null : Rows(Train);
        var words = training is null ? null : new BagOfWordsClassifier(
            [.. training.Select(row => string.Join(' ', row.Texts))], [.. training.Select(row => row.Label!.Value)]);
        var majority = training?.CountBy(row => row.Label!.Value).MaxBy(label => label.Value).Key;
        return file =>
        {
            var rows = Rows(file);
            (string, IReadOnlyDictionary<string, double>, string?) own =
                ("model", new TextClassificationEvaluator(rows).Evaluate(model, cancellationToken).Metrics, null);
            return words is null ? [own] :
            [
                own, ("bag of words", MetricsOf(rows, row => words.Predict(string.Join(' ', row.Texts)), model.Labels.Count), null),
                ("majority", MetricsOf(rows, _ => majority!.Value, model.Labels.Count), null),
            ];
        };

        Example[] Rows(string file) =>
            [.. new DatasetReader(file, columns.ColumnsOf(file, Columns?.Count ?? 1, new LabelNames(model.Labels)))];
    }

    private static Dictionary<string, double> MetricsOf(Example[] rows, Func<Example, int> predict, int labels)
    {
        var logits = Tensor.Zeros(rows.Length, labels);
        foreach (var (i, row) in rows.Index())
        {
            logits.Writable[(i * labels) + predict(row)] = 1;
        }

        int[] truth = [.. rows.Select(row => row.Label!.Value)];
        return new()
        {
            ["accuracy"] = Accuracy.OfLogits(logits, truth),
            ["f1_macro"] = Accuracy.MacroF1(logits, truth),
            ["f1_weighted"] = Accuracy.WeightedF1(logits, truth),
        };
    }

    private Func<string, IEnumerable<(string, IReadOnlyDictionary<string, double>, string?)>> Answers(
        QuestionAnswerer model, CancellationToken cancellationToken) => file =>
        {
            AnsweredQuestion[] questions =
            [
                .. (Contexts is null ? AnsweredQuestions.Read(file) : AnsweredQuestions.Read(Contexts, file)).Take(First ?? int.MaxValue),
            ];
            return [("model", new QuestionAnsweringEvaluator(questions).Evaluate(model, cancellationToken).Metrics, null)];
        };

    // A model with settings for the task uses them; of several languages, none can be chosen.
    private SequenceToSequenceModel ForTask(SequenceToSequenceModel model)
    {
        var name = Kind == TaskOptions.TranslationKind ? TranslateCommand.Task : SummarizeCommand.Task;
        string[] tasks = [.. model.Tasks.Where(task => task.StartsWith(name, StringComparison.Ordinal))];
        return model.Config.Prefix.Length == 0 && tasks is [var only] ? model.ForTask(only) : model;
    }

    // The baselines are the first sentences of a text, or the source itself.
    private Func<string, IEnumerable<(string, IReadOnlyDictionary<string, double>, string?)>> Texts(
        SequenceToSequenceModel model, CancellationToken cancellationToken) => file =>
        {
            var rouge = new Rouge(Stemming);
            var rows = GenerationEvaluator.Load(file, Columns, First, numBeams: NumBeams, rouge: rouge);
            var isTranslation = Kind == TaskOptions.TranslationKind;
            IReadOnlyList<string> predictions = isTranslation ? rows.Sources : [.. rows.Sources.Select(source => LeadSentences.Of(source))];
            return
            [
                ("model", rows.Evaluate(model, cancellationToken).Metrics, null),
                (isTranslation ? "source" : "lead-3", GenerationScores.Of(predictions, rows.References, rouge), null),
            ];
        };
}
