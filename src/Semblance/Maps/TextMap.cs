using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Semblance.Cli.Output;
using Semblance.Tensors;

namespace Semblance.Cli.Clustering;

/// <summary>Texts as points of a plane, in groups.</summary>
/// <param name="texts">The texts.</param>
/// <param name="points"><c>[texts × 2]</c>.</param>
/// <param name="labels">The group of each, from 0.</param>
internal sealed class TextMap(IReadOnlyList<string> texts, Tensor points, int[] labels)
{
    private const int WordsOfName = 3;

    // Safe inside a script, and still readable in any language.
    private static readonly JsonWriterOptions InPage = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes lines of x, y, group (from 1) and text.</summary>
    public void WriteTsv(TextWriter writer)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            writer.WriteLine($"{Coordinate(i, 0)}\t{Coordinate(i, 1)}\t{labels[i] + 1}\t{Column.Of(texts[i])}");
        }
    }

    /// <summary>Writes a JSON object a line.</summary>
    public void WriteJson(Stream stream)
    {
        using var output = new JsonLines(stream);
        for (var i = 0; i < texts.Count; i++)
        {
            output.Write(json =>
            {
                json.WriteNumber("x", points.Row(i)[0]);
                json.WriteNumber("y", points.Row(i)[1]);
                json.WriteNumber("group", labels[i] + 1);
                json.WriteString("text", texts[i]);
            });
        }
    }

    /// <summary>Writes a page that needs nothing else: to look at, to zoom into, to search.</summary>
    public void WriteHtml(TextWriter writer, string title)
    {
        using var data = new MemoryStream();
        using (var json = new Utf8JsonWriter(data, InPage))
        {
            json.WriteStartObject();
            json.WriteNumbers("points", points.Values);
            json.WriteNumbers("groups", labels);
            json.WriteStrings("texts", texts);
            json.WriteStrings("names", TopicWords.Of(texts, labels, WordsOfName).Select(words => string.Join(", ", words.Select(word => word.Word))));
            json.WriteEndObject();
        }

        writer.Write(MapPage.Template
            .Replace("{{title}}", WebUtility.HtmlEncode(title), StringComparison.Ordinal)
            .Replace("{{data}}", System.Text.Encoding.UTF8.GetString(data.ToArray()), StringComparison.Ordinal));
    }

    private string Coordinate(int row, int axis) => points.Row(row)[axis].ToString("F4", CultureInfo.InvariantCulture);
}
