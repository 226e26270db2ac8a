using System.Globalization;

namespace Semblance.Training;

/// <summary>Reads a retrieval collection: documents, questions, and which document answers which question.</summary>
internal static class RetrievalFiles
{
    /// <summary>
    /// Documents have <c>doc_id</c>, <c>text</c> and perhaps <c>title</c>; questions <c>query_id</c> and <c>text</c> or
    /// <c>question</c>. Judgements are rows of <c>query_id</c>, <c>doc_id</c> and perhaps <c>relevance</c> (0 for none), or,
    /// without such a file, the questions' own column <c>relevant_doc_id</c>, or equal ids.
    /// </summary>
    /// <exception cref="DatasetException">A file cannot be read, lacks a column, or has an id twice.</exception>
    public static InformationRetrievalEvaluator Read(string corpusPath, string queriesPath, string? judgementsPath, EncodeOptions encoding)
    {
        var corpus = new OrderedDictionary<string, string>();
        var titled = EvaluationFile.ColumnNames(corpusPath).Contains("title");
        foreach (var row in EvaluationFile.Rows(corpusPath, titled ? ["doc_id", "text", "title"] : ["doc_id", "text"]))
        {
            // Some collections repeat the title at the head of the text.
            var text = titled && row[2].Length > 0 && !row[1].StartsWith(row[2], StringComparison.Ordinal) ? $"{row[2]} {row[1]}" : row[1];
            Add(corpus, corpusPath, row[0], text);
        }

        var queries = new OrderedDictionary<string, string>();
        var relevant = new Dictionary<string, IReadOnlySet<string>>();
        var names = EvaluationFile.ColumnNames(queriesPath);
        var answer = names.Contains("relevant_doc_id") ? "relevant_doc_id" : "query_id";
        foreach (var row in EvaluationFile.Rows(queriesPath, "query_id", names.Contains("text") ? "text" : "question", answer))
        {
            Add(queries, queriesPath, row[0], row[1]);
            if (judgementsPath is null)
            {
                relevant.Add(row[0], new HashSet<string> { row[2] });
            }
        }

        if (judgementsPath is not null)
        {
            ReadJudgements(judgementsPath, relevant);
        }

        return new InformationRetrievalEvaluator(queries, corpus, relevant) { Encoding = encoding };
    }

    private static void ReadJudgements(string path, Dictionary<string, IReadOnlySet<string>> relevant)
    {
        var graded = EvaluationFile.ColumnNames(path).Contains("relevance");
        foreach (var row in EvaluationFile.Rows(path, graded ? ["query_id", "doc_id", "relevance"] : ["query_id", "doc_id"]))
        {
            if (graded && !double.TryParse(row[2], CultureInfo.InvariantCulture, out _))
            {
                throw new DatasetException(path, null, $"the relevance of '{row[1]}' to '{row[0]}' is '{row[2]}'; a number is expected, 0 for not relevant.");
            }

            if (!graded || double.Parse(row[2], CultureInfo.InvariantCulture) > 0)
            {
                relevant.TryAdd(row[0], new HashSet<string>());
                ((HashSet<string>)relevant[row[0]]).Add(row[1]);
            }
        }
    }

    private static void Add(OrderedDictionary<string, string> texts, string path, string id, string text)
    {
        if (!texts.TryAdd(id, text))
        {
            throw new DatasetException(path, null, $"the id '{id}' comes twice; each text needs one of its own.");
        }
    }
}
