namespace Semblance.Training.Recipes;

/// <summary>Creates the evaluator that selects the best model during training.</summary>
internal static class RecipeEvaluator
{
    /// <summary>Creates the evaluators; the first of several selects the best model.</summary>
    public static Evaluator Create(RecipeNode node, string folder)
    {
        Evaluator[] evaluators = [.. node.Items().Select(item => Checked(item, folder))];
        return evaluators.Length == 1 ? evaluators[0] : new SequentialEvaluator(evaluators, scores => scores[0]);
    }

    private static Evaluator Checked(RecipeNode node, string folder)
    {
        try
        {
            return One(node, folder);
        }
        catch (EvaluationDataException e)
        {
            var file = node.Get("file");
            throw file.Fault($"{Path.Combine(folder, file.Text())}: {e.Problem}");
        }
    }

    private static Evaluator One(RecipeNode node, string folder)
    {
        node.Only("task", "name", "file", "texts", "score", "label", "labels");
        var name = node.Get("name").Text();
        var path = Path.Combine(folder, node.Get("file").Text());
        var texts = node.Get("texts").Items().Select(column => column.Text()).ToArray();
        return node.Get("task").OneOf(("sts", 0), ("pairs", 1), ("triplets", 2), ("reranking", 3), ("classes", 4)) switch
        {
            0 => Sts(Rows(new ColumnMapping(texts) { Score = node.Get("score").Text() }, 2), name),
            1 => Pairs(Rows(new ColumnMapping(texts) { Label = node.Get("label").Text(), LabelNames = Labels() }, 2), name),
            3 => Reranking(QueryLists.From(Rows(Relevance(), 2)), name),
            4 => Classes(Rows(new ColumnMapping(texts) { Label = node.Get("label").Text(), LabelNames = Labels() }, 2), name),
            _ => Triplets(Rows(new ColumnMapping(texts), 3), name),
        };

        Example[] Rows(ColumnMapping columns, int count) =>
            texts.Length == count
                ? [.. new DatasetReader(path, columns)]
                : throw node.Get("texts").Fault($"expected {count} columns of texts.");

        ColumnMapping Relevance() => new(texts)
        {
            Score = node.Find("score")?.Text(),
            Label = node.Find("score") is null ? node.Get("label").Text() : null,
        };

        LabelNames? Labels() => node.Find("labels") is { } labels ? new LabelNames(labels.Items().Select(label => label.Text())) : null;
    }

    private static EmbeddingSimilarityEvaluator Sts(Example[] rows, string name) =>
        new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => (double)row.Score!), name);

    private static BinaryClassificationEvaluator Pairs(Example[] rows, string name) =>
        new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => row.Label > 0), name);

    private static TripletEvaluator Triplets(Example[] rows, string name) => new(Column(rows, 0), Column(rows, 1), Column(rows, 2), name);

    private static RerankingEvaluator Reranking(IReadOnlyList<Example> lists, string name) => new(
        [
            .. lists.Select(list =>
                new RerankingSample(list.Texts[0], Of(list, relevance => relevance > 0), Of(list, relevance => relevance <= 0))),
        ],
        name);

    private static string[] Of(Example list, Func<float, bool> relevance) =>
        [.. list.Texts.Skip(1).Zip(list.Targets!).Where(candidate => relevance(candidate.Second)).Select(candidate => candidate.First)];

    private static LabelAccuracyEvaluator Classes(Example[] rows, string name) =>
        new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => row.Label!.Value), name);

    private static string[] Column(Example[] rows, int column) => Array.ConvertAll(rows, row => row.Texts[column]);
}
