using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>
/// Reads questions with answers: JSON files in the format of SQuAD 1.1 and 2.0, or tables with the columns <c>question</c>,
/// <c>context</c> and <c>answer</c>.
/// </summary>
public static class AnsweredQuestions
{
    /// <summary>Reads the questions of a file.</summary>
    /// <param name="path">
    /// A file <c>.json</c> of SQuAD, whose positions of answers count Unicode code points, or a table <c>.tsv</c>, <c>.csv</c> or
    /// <c>.jsonl</c>; all may be compressed with gzip. In a table an answer is searched for in its text, and an empty answer means none.
    /// </param>
    /// <exception cref="DatasetException">The file cannot be read, or an answer is not in its text.</exception>
    public static IEnumerable<AnsweredQuestion> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TextLines.EndingOf(path) == ".json" ? ReadSquad(path) : ReadTable(path);
    }

    /// <summary>
    /// Reads questions whose texts are in a file of their own, as in retrieval: <c>doc_id</c> and <c>text</c>, and for the questions
    /// <c>query_id</c>, <c>relevant_doc_id</c>, <c>question</c> and <c>answer</c>.
    /// </summary>
    /// <param name="corpus">The file of the texts.</param>
    /// <param name="queries">The file of the questions.</param>
    /// <exception cref="DatasetException">
    /// A file cannot be read, a question names no text, or an answer is not in its text.
    /// </exception>
    public static IEnumerable<AnsweredQuestion> Read(string corpus, string queries)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in EvaluationFile.Rows(corpus, "doc_id", "text"))
        {
            texts[row.Fields[0]] = row.Fields[1];
        }

        foreach (var row in EvaluationFile.Rows(queries, "query_id", "relevant_doc_id", "question", "answer"))
        {
            var context = texts.GetValueOrDefault(row.Fields[1]) ?? throw new DatasetException(
                queries, row.Line, $"the text '{Excerpt.Of(row.Fields[1])}' is not in {corpus}.");
            yield return Of(queries, row.Line, row.Fields[0], row.Fields[2], context, row.Fields[3]);
        }
    }

    private static IEnumerable<AnsweredQuestion> ReadTable(string path)
    {
        foreach (var row in EvaluationFile.Rows(path, "question", "context", "answer"))
        {
            yield return Of(path, row.Line, $"{row.Line}", row.Fields[0], row.Fields[1], row.Fields[2]);
        }
    }

    private static AnsweredQuestion Of(string path, long line, string id, string question, string context, string answer)
    {
        if (answer.Length == 0)
        {
            return new AnsweredQuestion(id, question, context, []);
        }

        var start = context.IndexOf(answer, StringComparison.Ordinal);
        return start >= 0
            ? new AnsweredQuestion(id, question, context, [new LabeledSpan(start, answer.Length)])
            : throw new DatasetException(path, line, $"the answer '{Excerpt.Of(answer)}' is not in its text; it must be a part of it.");
    }

    private static IEnumerable<AnsweredQuestion> ReadSquad(string path)
    {
        using var json = Parse(path);
        foreach (var article in Items(path, json.RootElement, "data"))
        {
            foreach (var paragraph in Items(path, article, "paragraphs"))
            {
                var context = Text(path, paragraph, "context");
                foreach (var question in Items(path, paragraph, "qas"))
                {
                    var id = question.TryGetProperty("id", out var value) ? value.ToString() : "";
                    var isImpossible = question.TryGetProperty("is_impossible", out var flag) && flag.ValueKind == JsonValueKind.True;
                    LabeledSpan[] answers =
                        isImpossible ? [] : [.. Items(path, question, "answers").Select(answer => Span(path, id, context, answer))];
                    yield return new AnsweredQuestion(id, Text(path, question, "question"), context, answers);
                }
            }
        }
    }

    private static LabeledSpan Span(string path, string id, string context, JsonElement answer)
    {
        var text = Text(path, answer, "text");
        var position = answer.TryGetProperty("answer_start", out var number) && number.TryGetInt32(out var count) ? count : -1;
        var start = 0;
        for (var i = 0; i < position && start < context.Length; i++)
        {
            start += char.IsHighSurrogate(context[start]) ? 2 : 1;
        }

        return position >= 0 && start + text.Length <= context.Length && context.AsSpan(start, text.Length).SequenceEqual(text)
            ? new LabeledSpan(start, text.Length)
            : throw new DatasetException(
                path, null, $"question '{Excerpt.Of(id)}': the answer '{Excerpt.Of(text)}' is not in its text at position {position}; "
                + "positions count Unicode code points from 0.");
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            using var lines = TextLines.Open(path);
            return JsonText.Parse(
                System.Text.Encoding.UTF8.GetBytes(string.Join('\n', DatasetLines.Read(path).Select(line => line.Text))));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new DatasetException(path, null, $"it is not JSON: {e.Message}", e);
        }
    }

    private static JsonElement.ArrayEnumerator Items(string path, JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw new DatasetException(
                path, null, $"there is no list '{name}'; expected the format of SQuAD: data, paragraphs, context, qas, question, answers.");

    private static string Text(string path, JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new DatasetException(path, null, $"a part of the file has no text '{name}'; expected the format of SQuAD.");
}
