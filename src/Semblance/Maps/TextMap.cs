using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents texts as colored and named points of a plane, with similar texts near each other. Positions are computed by t-SNE, groups by
/// spherical k-means.
/// </summary>
/// <example><code>
/// var map = TextMap.Fit(texts, model.Encode(texts).Vectors);
/// map.Save("map.html");
/// </code></example>
public sealed class TextMap
{
    private const int WordsOfName = 3;

    // Safe inside a script, and readable in any language.
    private static readonly JsonWriterOptions InPage = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly IReadOnlyList<string> _texts;
    private readonly int[] _groups;

    private TextMap(IReadOnlyList<string> texts, TSne map, int[] groups) =>
        (_texts, Points, Divergence, _groups) = (texts, map.Points, map.Divergence, groups);

    /// <summary>Gets the position of each text, <c>[texts × 2]</c>.</summary>
    public Tensor Points { get; }

    /// <summary>Gets the group of each text, from 0.</summary>
    public IReadOnlyList<int> Groups => _groups;

    /// <summary>Gets the Kullback–Leibler divergence between the similarities of the vectors and those of the points.</summary>
    public double Divergence { get; }

    /// <summary>Computes the positions and the groups of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="vectors">The vectors of the texts, <c>[texts × dimension]</c>.</param>
    /// <param name="groups">The number of groups, at most one for each text.</param>
    /// <param name="options">
    /// The options of t-SNE, whose random seed and maximum number of threads also apply to k-means; null for the defaults.
    /// </param>
    /// <param name="progress">Receives the fraction that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">The numbers of texts and vectors differ, or an element is not a finite number.</exception>
    public static TextMap Fit(
        IReadOnlyList<string> texts, Tensor vectors, int groups = 12, TSneOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vectors);
        if (texts.Count != vectors.Rows)
        {
            throw new ArgumentException($"There are {texts.Count} texts, but {vectors.Rows} vectors; one for each text is expected.",
                nameof(vectors));
        }

        options ??= new TSneOptions();
        groups = Math.Min(groups, texts.Count);
        var clustering = new KMeansOptions { Clusters = groups, Seed = options.Seed, Spherical = true, MaxThreads = options.MaxThreads };
        int[] labels = groups == 0 ? [] : [.. KMeans.Fit(vectors, clustering, null, cancellationToken).Labels];
        return new TextMap(texts, TSne.Fit(vectors, options, progress, cancellationToken), labels);
    }

    /// <summary>Writes a file: lines of x, y, group and text (<c>.tsv</c>), JSON lines (<c>.jsonl</c>), or a page (<c>.html</c>).</summary>
    /// <param name="path">The file, whose extension selects the format.</param>
    /// <exception cref="ArgumentException">The extension is not supported.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new AtomicFile(path);
        Write(file.Stream, Path.GetExtension(path), Path.GetFileNameWithoutExtension(path));
        file.Commit();
    }

    /// <summary>Writes the map to a stream.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="format">The format: <c>.tsv</c>, <c>.jsonl</c> or <c>.html</c>.</param>
    /// <param name="title">The title of the page.</param>
    /// <exception cref="ArgumentException">The format is not supported.</exception>
    public void Write(Stream stream, string format, string title = "")
    {
        if (format == ".jsonl")
        {
            WriteJson(stream);
            return;
        }

        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        switch (format)
        {
            case ".tsv":
                WriteTsv(writer);
                break;
            case ".html":
                writer.Write(Page(title));
                break;
            default:
                throw new ArgumentException($"The format is '{format}'; it can be .tsv, .jsonl or .html.", nameof(format));
        }
    }

    /// <summary>Writes lines of x, y, group (from 1) and text, separated by tabs.</summary>
    /// <param name="writer">The writer, which stays open.</param>
    public void WriteTsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        for (var i = 0; i < _texts.Count; i++)
        {
            var text = _texts[i].Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\t', ' ');
            writer.WriteLine($"{Coordinate(i, 0)}\t{Coordinate(i, 1)}\t{_groups[i] + 1}\t{text}");
        }
    }

    private void WriteJson(Stream stream)
    {
        using var output = new JsonLinesWriter(stream);
        for (var i = 0; i < _texts.Count; i++)
        {
            output.Write(json =>
            {
                json.WriteNumber("x", Points.Row(i)[0]);
                json.WriteNumber("y", Points.Row(i)[1]);
                json.WriteNumber("group", _groups[i] + 1);
                json.WriteString("text", _texts[i]);
            });
        }
    }

    // A self-contained page to view, zoom and search the map.
    private string Page(string title)
    {
        using var data = new MemoryStream();
        using (var json = new Utf8JsonWriter(data, InPage))
        {
            json.WriteStartObject();
            json.WriteNumbers("points", Points.Values);
            json.WriteNumbers("groups", _groups);
            json.WriteStrings("texts", _texts);
            json.WriteStrings("names",
                TopicWords.Of(_texts, _groups, WordsOfName).Select(words => string.Join(", ", words.Select(word => word.Word))));
            json.WriteEndObject();
        }

        return PageTemplate.Fill(typeof(TextMap).Assembly, "map.html", new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(title),
            ["data"] = System.Text.Encoding.UTF8.GetString(data.GetBuffer(), 0, (int)data.Length),
        });
    }

    private string Coordinate(int row, int axis) => Points.Row(row)[axis].ToString("F4", CultureInfo.InvariantCulture);
}
