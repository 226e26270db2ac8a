using System.Text;
using System.Text.Json;
using Semblance.Files;

namespace Semblance.Cli.Output;

/// <summary>Writes hard negatives as rows that recipes train on, in the forms of sentence-transformers.</summary>
internal static class MinedRows
{
    /// <summary>What a row can be.</summary>
    public static string[] Formats { get; } = ["triplet", "n-tuple", "n-tuple-scores", "labeled-pair", "labeled-list"];

    /// <summary>Writes a file with a header, <c>.tsv</c>, or <c>.jsonl</c>.</summary>
    /// <returns>The number of rows.</returns>
    public static int Write(string path, HardNegatives mined, string format, string[] columns, bool withScores)
    {
        using var file = OutputFile.Open(path, () => new AtomicFile(path));
        var rows = Rows(mined, format, columns, withScores || format == "n-tuple-scores");
        var count = Path.GetExtension(path) == ".tsv" ? WriteTsv(file.Stream, rows) : WriteJson(file.Stream, rows);
        file.Commit();
        return count;
    }

    private static IEnumerable<Field[]> Rows(HardNegatives mined, string format, string[] columns, bool withScores)
    {
        var (anchor, positive) = (columns[0], columns[1]);
        return (format switch
        {
            "triplet" => mined.Triplets().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]), new(positive, [row.Positive]), new("negative", [row.Negative]),
                Scores("positive_score", row.PositiveScore), Scores("negative_score", row.NegativeScore),
            }),
            "labeled-pair" => mined.LabeledPairs().Select(row => new Field[]
            {
                new(anchor, [row.Anchor]), new(positive, [row.Text]), new("label", Numbers: [row.Label]), Scores("score", row.Score),
            }),
            "labeled-list" => mined.LabeledLists().Select(row => new Field[]
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
                .Append(Scores("score", [row.PositiveScore, .. row.Negatives.Select(negative => negative.Score)]) with { IsList = true }).ToArray()),
        }).Select(row => row.Where(field => withScores || !field.IsScore).ToArray());

        static Field Scores(string name, params float[] scores) => new(name, Numbers: scores, IsScore: true);
    }

    // A tab or a line end inside a text would begin another column or row.
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

        static string Text(float number) => Numbers.Invariant($"{number}");
    }

    private static int WriteJson(Stream stream, IEnumerable<Field[]> rows)
    {
        using var lines = new JsonLines(stream);
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

    /// <summary>A column of a row: texts or numbers, one or a list of them.</summary>
    private sealed record Field(string Name, string[]? Texts = null, float[]? Numbers = null, bool IsList = false, bool IsScore = false);
}
