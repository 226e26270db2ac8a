using System.Globalization;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>Reads a retrieval data set: documents, queries and relevance judgments.</summary>
internal static class RetrievalFiles
{
    /// <summary>
    /// Reads documents with <c>doc_id</c>, <c>text</c> and optionally <c>title</c>, queries with <c>query_id</c> and <c>text</c> or
    /// <c>question</c>, and
    /// relevance judgments with <c>query_id</c>, <c>doc_id</c> and optionally <c>relevance</c> (0 for not relevant). Without a file of
    /// judgments, the column
    /// <c>relevant_doc_id</c> of the queries is used, or else equal ids.
    /// </summary>
    /// <exception cref="DatasetException">A file cannot be read, lacks a column, or has an id twice.</exception>
    public static InformationRetrievalEvaluator Read(
        string corpusPath, string queriesPath, string? judgmentsPath, EncodeOptions encoding, string name = "", string? metric = null)
    {
        var corpus = new OrderedDictionary<string, string>();
        var titled = EvaluationFile.ColumnNames(corpusPath).Contains("title");
        foreach (var row in EvaluationFile.Rows(corpusPath, titled ? ["doc_id", "text", "title"] : ["doc_id", "text"]))
        {
            // Some data sets repeat the title at the start of the text.
            var (id, text) = (row.Fields[0], row.Fields[1]);
            Add(
                corpus, corpusPath, row.Line, id,
                titled && row.Fields[2] is { Length: > 0 } title && !text.StartsWith(title, StringComparison.Ordinal)
                    ? $"{title} {text}"
                    : text);
        }

        var queries = new OrderedDictionary<string, string>();
        var relevant = new Dictionary<string, IReadOnlySet<string>>();
        var names = EvaluationFile.ColumnNames(queriesPath);
        var answer = names.Contains("relevant_doc_id") ? "relevant_doc_id" : "query_id";
        foreach (var row in EvaluationFile.Rows(queriesPath, "query_id", names.Contains("text") ? "text" : "question", answer))
        {
            Add(queries, queriesPath, row.Line, row.Fields[0], row.Fields[1]);
            if (judgmentsPath is null)
            {
                relevant.Add(row.Fields[0], new HashSet<string> { row.Fields[2] });
            }
        }

        if (judgmentsPath is not null)
        {
            ReadJudgments(judgmentsPath, relevant);
        }

        return Evaluator(queries, corpus, relevant, encoding, name, metric);
    }

    /// <summary>
    /// Reads rows of <c>question</c>, <c>sentence</c> and <c>label</c>, 0 for a sentence that does not answer the question. The corpus is
    /// all sentences.
    /// </summary>
    /// <exception cref="DatasetException">The file cannot be read, lacks a column, or has a label that is not a number.</exception>
    public static InformationRetrievalEvaluator ReadAnswers(string path, EncodeOptions encoding)
    {
        var (corpus, queries, relevant) = (
            new OrderedDictionary<string, string>(), new OrderedDictionary<string, string>(),
            new Dictionary<string, IReadOnlySet<string>>());
        foreach (var row in EvaluationFile.Rows(path, "question", "sentence", "label"))
        {
            queries.TryAdd(row.Fields[0], row.Fields[0]);
            corpus.TryAdd(row.Fields[1], row.Fields[1]);
            AddJudgment(path, relevant, row, row.Fields[2]);
        }

        return Evaluator(queries, corpus, relevant, encoding);
    }

    private static InformationRetrievalEvaluator Evaluator(
        OrderedDictionary<string, string> queries, OrderedDictionary<string, string> corpus,
        Dictionary<string, IReadOnlySet<string>> relevant, EncodeOptions encoding, string name = "", string? metric = null) =>
        new(queries, corpus, relevant, name) { Encoding = encoding, PrecisionRecallAtK = [1, 3, 5, 10, 100], PrimaryMetric = metric };

    private static void ReadJudgments(string path, Dictionary<string, IReadOnlySet<string>> relevant)
    {
        var graded = EvaluationFile.ColumnNames(path).Contains("relevance");
        foreach (var row in EvaluationFile.Rows(path, graded ? ["query_id", "doc_id", "relevance"] : ["query_id", "doc_id"]))
        {
            AddJudgment(path, relevant, row, graded ? row.Fields[2] : "1");
        }
    }

    private static void AddJudgment(string path, Dictionary<string, IReadOnlySet<string>> relevant, Row row, string relevance)
    {
        var (query, document) = (row.Fields[0], row.Fields[1]);
        if (!double.TryParse(relevance, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw new DatasetException(
                path, row.Line,
                $"the relevance of '{Excerpt.Of(document)}' to '{Excerpt.Of(query)}' is '{Excerpt.Of(relevance)}'; a number is expected, "
                + "0 for not relevant.");
        }

        if (value > 0)
        {
            relevant.TryAdd(query, new HashSet<string>());
            ((HashSet<string>)relevant[query]).Add(document);
        }
    }

    private static void Add(OrderedDictionary<string, string> texts, string path, long line, string id, string text)
    {
        if (!texts.TryAdd(id, text))
        {
            throw new DatasetException(path, line, $"the id '{Excerpt.Of(id)}' occurs twice; ids must be unique.");
        }
    }
}
