using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>
/// Reads sentences with tags: files with one word and its tag on each line and a blank line between sentences (CoNLL), or JSON Lines with
/// the arrays <c>tokens</c> and <c>tags</c>.
/// </summary>
public static class TaggedSentences
{
    private const string DocumentStart = "-DOCSTART-";

    private static readonly string[] WordKeys = ["tokens", "words"];
    private static readonly string[] TagKeys = ["tags", "ner_tags", "labels"];
    private static readonly string[] TagHeaders = ["tag", "tags", "label", "labels", "ner", "ner_tags"];

    /// <summary>Reads the sentences of a file, uncompressed or compressed with gzip.</summary>
    /// <param name="path">
    /// The file. Columns are separated by a tab or by spaces: the first is the word and the last its tag. A first line with the names of
    /// the columns and lines of <c>-DOCSTART-</c> are left out.
    /// </param>
    /// <returns>The sentences, which are read as they are enumerated.</returns>
    /// <exception cref="DatasetException">
    /// The file cannot be read, a word has no tag, or a sentence has more words than tags.
    /// </exception>
    public static IEnumerable<TaggedSentence> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TextLines.EndingOf(path) is ".jsonl" or ".ndjson" or ".json" ? ReadJson(path) : ReadColumns(path);
    }

    /// <summary>Returns the tags of sentences in the order of labels: <c>O</c>, then by type, <c>B-</c> before <c>I-</c>.</summary>
    /// <param name="sentences">The sentences.</param>
    public static IReadOnlyList<string> LabelsOf(IEnumerable<TaggedSentence> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return
        [
            .. sentences.SelectMany(sentence => sentence.Tags).Distinct().OrderBy(tag => tag == "O" ? 0 : 1)
                .ThenBy(tag => tag[(tag.IndexOf('-', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal)
                .ThenBy(tag => tag, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<TaggedSentence> ReadColumns(string path)
    {
        var (words, tags) = (new List<string>(), new List<string>());
        var isFirst = true;
        foreach (var line in DatasetLines.Read(path))
        {
            if (line.Problem is { } problem)
            {
                throw new DatasetException(path, line.Number, problem);
            }

            if (line.IsBlank)
            {
                if (words.Count > 0)
                {
                    yield return new TaggedSentence(words, tags);
                    (words, tags) = ([], []);
                }

                continue;
            }

            var fields = line.Text.Contains('\t', StringComparison.Ordinal)
                ? line.Text.Split('\t')
                : line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var isHeader = isFirst && TagHeaders.Contains(fields[^1], StringComparer.OrdinalIgnoreCase);
            isFirst = false;
            if (isHeader || fields[0] == DocumentStart)
            {
                continue;
            }

            if (fields.Length < 2 || string.IsNullOrWhiteSpace(fields[0]) || string.IsNullOrWhiteSpace(fields[^1]))
            {
                throw new DatasetException(
                    path, line.Number, $"'{Excerpt.Of(line.Text)}' is no word with a tag; expected a word and its tag, separated by a tab "
                    + "or a space, or a blank line between sentences.");
            }

            words.Add(fields[0]);
            tags.Add(fields[^1].Trim());
        }

        if (words.Count > 0)
        {
            yield return new TaggedSentence(words, tags);
        }
    }

    private static IEnumerable<TaggedSentence> ReadJson(string path)
    {
        foreach (var line in DatasetLines.Read(path).Where(line => !line.IsBlank))
        {
            if (line.Problem is { } problem)
            {
                throw new DatasetException(path, line.Number, problem);
            }

            yield return ReadJson(path, line);
        }
    }

    private static TaggedSentence ReadJson(string path, TextLine line)
    {
        try
        {
            using var json = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(line.Text));
            return new TaggedSentence(Texts(json.RootElement, WordKeys), Texts(json.RootElement, TagKeys));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException)
        {
            throw new DatasetException(path, line.Number, e.Message, e);
        }
    }

    private static string[] Texts(JsonElement row, string[] keys)
    {
        var key = row.ValueKind == JsonValueKind.Object ? Array.Find(keys, name => row.TryGetProperty(name, out _)) : null;
        var list = key is null ? default : row.GetProperty(key);
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw new FormatException($"the row has no list of texts '{keys[0]}'; expected {{\"tokens\": [\"…\"], \"tags\": [\"…\"]}}.");
    }
}
