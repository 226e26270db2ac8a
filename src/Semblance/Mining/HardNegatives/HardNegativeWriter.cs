using System.Globalization;
using System.Text;
using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>Writes hard negatives as training rows, in the formats of sentence-transformers.</summary>
public static class HardNegativeWriter
{
    /// <summary>Writes a file with a header (<c>.tsv</c>) or JSON Lines (<c>.jsonl</c>).</summary>
    /// <param name="path">The path of the file, whose extension determines the file format.</param>
    /// <param name="mined">The hard negatives.</param>
    /// <param name="format">The contents of a row.</param>
    /// <param name="anchor">The name of the column of anchors.</param>
    /// <param name="positive">The name of the column of positives.</param>
    /// <param name="withScores">
    /// <see langword="true"/> to write columns of scores; always with <see cref="HardNegativeFormat.NTupleScores"/>.
    /// </param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="ArgumentException">
    /// The extension is not supported, or <see cref="HardNegativeFormat.LabeledList"/> is requested for a <c>.tsv</c> file.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static int Save(
        string path,
        HardNegatives mined,
        HardNegativeFormat format = HardNegativeFormat.Triplet,
        string anchor = "anchor",
        string positive = "positive",
        bool withScores = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new AtomicFile(path);
        var count = Write(file.Stream, Path.GetExtension(path), mined, format, anchor, positive, withScores);
        file.Commit();
        return count;
    }

    /// <summary>Writes rows to a stream.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="ending">The extension that determines the file format: <c>.tsv</c> or <c>.jsonl</c>.</param>
    /// <param name="mined">The hard negatives.</param>
    /// <param name="format">The contents of a row.</param>
    /// <param name="anchor">The name of the column of anchors.</param>
    /// <param name="positive">The name of the column of positives.</param>
    /// <param name="withScores">
    /// <see langword="true"/> to write columns of scores; always with <see cref="HardNegativeFormat.NTupleScores"/>.
    /// </param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="ArgumentException">
    /// The extension is not supported, or <see cref="HardNegativeFormat.LabeledList"/> is requested for <c>.tsv</c>.
    /// </exception>
    public static int Write(
        Stream stream,
        string ending,
        HardNegatives mined,
        HardNegativeFormat format = HardNegativeFormat.Triplet,
        string anchor = "anchor",
        string positive = "positive",
        bool withScores = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(mined);
        var rows = Rows(mined, format, anchor, positive, withScores || format == HardNegativeFormat.NTupleScores);
        return ending switch
        {
            ".tsv" when format == HardNegativeFormat.LabeledList =>
                throw new ArgumentException("A row of LabeledList holds lists; write it as .jsonl.", nameof(format)),
            ".tsv" => WriteTsv(stream, rows),
            ".jsonl" => WriteJson(stream, rows),
            _ => throw new ArgumentException($"The ending is '{ending}'; it can be .tsv or .jsonl.", nameof(ending)),
        };
    }

    private static IEnumerable<Field[]> Rows(
        HardNegatives mined, HardNegativeFormat format, string anchor, string positive, bool withScores)
    {
        return (format switch
        {
            HardNegativeFormat.Triplet => mined.Triplets().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]), new(positive, [row.Positive]), new("negative", [row.Negative]),
                Scores("positive_score", row.PositiveScore), Scores("negative_score", row.NegativeScore),
            }),
            HardNegativeFormat.LabeledPair => mined.LabeledPairs().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]), new(positive, [row.Text]), new("label", Numbers: [row.Label]), Scores("score", row.Score),
            }),
            HardNegativeFormat.LabeledList => mined.LabeledLists().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]),
                new(positive, [row.Positive, .. row.Negatives.Select(negative => negative.Text)], IsList: true),
                new("labels", Numbers: [1, .. row.Negatives.Select(_ => 0)], IsList: true),
                Scores("scores", [row.PositiveScore, .. row.Negatives.Select(negative => negative.Score)]) with { IsList = true },
            }),
            _ => mined.Tuples().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]),
                new(positive, [row.Positive]),
            }.Concat(row.Negatives.Select((negative, i) => new Field($"negative_{i + 1}", [negative.Text])))
                .Append(Scores("score", [row.PositiveScore, .. row.Negatives.Select(negative => negative.Score)]) with { IsList = true })
                .ToArray()),
        }).Select(row => row.Where(field => withScores || !field.IsScore).ToArray());

        static Field Scores(string name, params float[] scores) => new(name, Numbers: scores, IsScore: true);
    }

    // A tab or a line break inside a text would begin another column or row.
    private static int WriteTsv(Stream stream, IEnumerable<Field[]> rows)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var count = 0;
        foreach (var row in rows)
        {
            if (count++ == 0)
            {
                text.WriteLine(string.Join('\t', row.Select(field => field.Name)));
            }

            text.WriteLine(string.Join('\t', row.Select(field => field.Texts is { } texts
                ? texts[0].Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ')
                : field.IsList ? $"[{string.Join(", ", field.Numbers!.Select(Text))}]" : Text(field.Numbers![0]))));
        }

        return count;

        static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static int WriteJson(Stream stream, IEnumerable<Field[]> rows)
    {
        using var lines = new JsonLinesWriter(stream);
        var count = 0;
        foreach (var row in rows)
        {
            count++;
            lines.Write(json =>
            {
                foreach (var field in row)
                {
                    Write(json, field);
                }
            });
        }

        return count;
    }

    private static void Write(Utf8JsonWriter json, Field field)
    {
        switch (field)
        {
            case { Texts: { } texts, IsList: true }:
                json.WriteStrings(field.Name, texts);
                break;
            case { Texts: { } texts }:
                json.WriteString(field.Name, texts[0]);
                break;
            case { IsList: true }:
                json.WriteNumbers(field.Name, field.Numbers);
                break;
            default:
                json.WriteNumber(field.Name, field.Numbers![0]);
                break;
        }
    }

    /// <summary>Represents a column of a row: one text or number, or a list of them.</summary>
    private sealed record Field(string Name, string[]? Texts = null, float[]? Numbers = null, bool IsList = false, bool IsScore = false);
}
