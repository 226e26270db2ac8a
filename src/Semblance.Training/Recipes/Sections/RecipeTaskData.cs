namespace Semblance.Training.Recipes;

/// <summary>Reads the data of task models in a recipe: for training, and for their evaluators.</summary>
internal static class RecipeTaskData
{
    private const int UsualWindow = 1200; // characters: most paragraphs of SQuAD are shorter

    /// <summary>Returns sentences with tags as rows.</summary>
    /// <param name="node">The data set.</param>
    /// <param name="files">Its files.</param>
    /// <param name="labels">The labels of the model.</param>
    public static IReadOnlyList<Example> TaggedWords(RecipeNode node, string[] files, LabelNames? labels)
    {
        var names = labels ?? throw node.Fault("the form 'tagged-words' is for a 'token-classifier'.");
        return [.. files.SelectMany(file => Tagged(file, names))];
    }

    /// <summary>Returns questions with answers as rows, a row for each window of a long text.</summary>
    /// <param name="node">The data set.</param>
    /// <param name="folder">The folder that paths are relative to.</param>
    /// <param name="files">Its files.</param>
    public static IReadOnlyList<Example> Questions(RecipeNode node, string folder, string[] files)
    {
        var window = node.Find("window")?.Count() ?? UsualWindow;
        var overlap = node.Find("overlap")?.Number(0, window / 2) ?? window / 4;
        return [.. files.SelectMany(file => Read(node, folder, file)).SelectMany(question => question.ToExamples(window, overlap))];
    }

    /// <summary>Creates the evaluator of a text classifier.</summary>
    public static Evaluator Labels(RecipeEvaluator.Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts", "label", "label-separator", "score", "targets");
        var mapping = new ColumnMapping([.. section.Node.Get("texts").Items().Select(column => column.Text())])
        {
            Label = section.Node.Find("label")?.Text(),
            LabelNames = section.Labels,
            LabelSeparator = section.Node.Find("label-separator")?.Text(),
            Score = section.Node.Find("score")?.Text(),
            Targets = [.. section.Node.Find("targets")?.Items().Select(column => column.Text()) ?? []],
        };
        return new TextClassificationEvaluator([.. new DatasetReader(section.File("file"), mapping)], section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    /// <summary>Creates the evaluator of a token classifier.</summary>
    public static Evaluator Entities(RecipeEvaluator.Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "scheme", "first-rows");
        var scheme = section.Node.Find("scheme") is { } node
            ? node.OneOf([.. Enum.GetValues<TagScheme>().Select(value => (value.ToString().ToLowerInvariant(), (TagScheme?)value))])
            : null;
        var most = section.Node.Find("first-rows")?.Count() ?? int.MaxValue;
        return new TokenClassificationEvaluator([.. TaggedSentences.Read(section.File("file")).Take(most)], section.Name)
        {
            PrimaryMetric = section.Metric,
            Scheme = scheme,
        };
    }

    /// <summary>Creates the evaluator of a question answerer.</summary>
    public static Evaluator Answers(RecipeEvaluator.Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "contexts", "first-rows");
        var most = section.Node.Find("first-rows")?.Count() ?? int.MaxValue;
        var (file, contexts) = (section.File("file"), section.FindFile("contexts"));
        return new QuestionAnsweringEvaluator(
            [.. (contexts is null ? AnsweredQuestions.Read(file) : AnsweredQuestions.Read(contexts, file)).Take(most)], section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    /// <summary>Creates the evaluator of a sequence-to-sequence model.</summary>
    public static Evaluator Generation(RecipeEvaluator.Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts", "first-rows", "num-beams", "stemming");
        var texts = section.Node.Find("texts")?.Items().Select(column => column.Text()).ToArray();
        return GenerationEvaluator.Load(
            section.File("file"), texts, section.Node.Find("first-rows")?.Count(), section.Name, section.Node.Find("num-beams")?.Count(),
            new Rouge(section.Node.Find("stemming")?.Flag() ?? false), section.Metric);
    }

    private static IEnumerable<Example> Tagged(string file, LabelNames labels)
    {
        foreach (var (row, sentence) in TaggedSentences.Read(file).Index())
        {
            Example example;
            try
            {
                example = sentence.ToExample(labels);
            }
            catch (FormatException e)
            {
                throw new DatasetException(file, null, $"sentence {row + 1}: {e.Message}; name all labels of the data.", e);
            }

            yield return example;
        }
    }

    private static IEnumerable<AnsweredQuestion> Read(RecipeNode node, string folder, string file) =>
        node.Find("contexts") is { } contexts
            ? AnsweredQuestions.Read(Path.Combine(folder, contexts.Text()), file)
            : AnsweredQuestions.Read(file);
}
