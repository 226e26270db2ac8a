using System.Globalization;
using System.Text.Json;

namespace Semblance.Training;

/// <summary>
/// Represents the pairs that show whether an adaptation helps: a text must find its partner among the second texts of all pairs. One half
/// of the queries selects the best model during training, and the other half is reported.
/// </summary>
internal sealed class AdaptationPairs
{
    private const int FewestToDivide = 100;
    private const string Corpus = "corpus.jsonl", Judgments = "qrels.jsonl", Selected = "dev.jsonl", Reported = "test.jsonl";

    private readonly string _folder;

    private AdaptationPairs(string folder) => _folder = folder;

    /// <summary>Gets the items of <c>evaluate: on</c> in a recipe whose data are in the folder.</summary>
    public static string Settings { get; } = $"{Item("dev", Selected)}\n{Item("test", Reported)}";

    /// <summary>Reads the pairs of a file.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or has fewer than two columns or pairs.</exception>
    public static (string Query, string Text)[] Read(string path)
    {
        string[] columns = [.. DatasetReader.ColumnNames(path).Take(2)];
        if (columns.Length < 2)
        {
            throw new DatasetException(path, null, "the file has one column; two are needed, a text and the text to find by it.");
        }

        (string, string)[] pairs = [.. new DatasetReader(path, new ColumnMapping(columns)).Select(row => (row.Texts[0], row.Texts[1]))];
        return pairs.Select(pair => pair.Item2).Distinct(StringComparer.Ordinal).Count() > 1
            ? pairs
            : throw new DatasetException(path, null, "the file has fewer than two different second texts; nothing can be ranked.");
    }

    /// <summary>Writes the pairs as the files of a retrieval task.</summary>
    public static AdaptationPairs Write(string folder, IReadOnlyList<(string Query, string Text)> pairs, int seed)
    {
        var (queries, texts) = (new OrderedDictionary<string, int>(StringComparer.Ordinal), new OrderedDictionary<string, int>(StringComparer.Ordinal));
        var judgments = new HashSet<(int Query, int Text)>();
        foreach (var (query, text) in pairs)
        {
            queries.TryAdd(query, queries.Count);
            texts.TryAdd(text, texts.Count);
            judgments.Add((queries[query], texts[text]));
        }

        var order = Permutation.Of(queries.Count, seed, 0);
        var half = queries.Count < FewestToDivide ? 0 : queries.Count / 2;
        RowParts.Write(Path.Combine(folder, Corpus), texts.Keys.Select((text, i) => Row("doc_id", i, text)));
        RowParts.Write(Path.Combine(folder, Selected), Queries(half == 0 ? order : order[..half]));
        RowParts.Write(Path.Combine(folder, Reported), Queries(order[half..]));
        RowParts.Write(Path.Combine(folder, Judgments), judgments.Select(pair => (Action<Utf8JsonWriter>)(json =>
        {
            json.WriteString("query_id", Id(pair.Query));
            json.WriteString("doc_id", Id(pair.Text));
        })));
        return new AdaptationPairs(folder);

        IEnumerable<Action<Utf8JsonWriter>> Queries(IEnumerable<int> places) =>
            places.Order().Select(place => Row("query_id", place, queries.GetAt(place).Key));

        static Action<Utf8JsonWriter> Row(string name, int id, string text) => json =>
        {
            json.WriteString(name, Id(id));
            json.WriteString("text", text);
        };

        static string Id(int id) => id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Opens pairs that were written.</summary>
    public static AdaptationPairs Open(string folder) => new(folder);

    private static string Item(string name, string queries) =>
        $"    - {{ task: retrieval, name: {name}, corpus: {Corpus}, queries: {queries}, qrels: {Judgments}, metric: ndcg@10 }}";

    /// <summary>Creates the evaluator of the half that is reported.</summary>
    public InformationRetrievalEvaluator Evaluator() => RetrievalFiles.Read(
        Path.Combine(_folder, Corpus), Path.Combine(_folder, Reported), Path.Combine(_folder, Judgments), EncodeOptions.Default, "",
        "ndcg@10");
}
