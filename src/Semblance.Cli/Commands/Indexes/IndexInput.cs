using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Cli.Input;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>
/// What goes into an index: lines of text, JSON lines with <c>text</c> and perhaps <c>id</c> and labels, or vectors in a <c>.npy</c> file with perhaps their ids and texts
/// in files beside it.
/// </summary>
internal sealed class IndexInput
{
    private readonly Option<string> _input = new("--input") { Description = "What to index: a text a line (also .gz), .jsonl with 'text' and perhaps 'id' and labels, or vectors as .npy", HelpName = "FILE", Required = true };
    private readonly Option<string?> _ids = NewOption.Text("--ids", "FILE", "The ids, one a line; without it those of the .jsonl, or numbers from 1 on");
    private readonly Option<string?> _texts = NewOption.Text("--texts", "FILE", "The texts of the vectors of a .npy file, one a line, to be shown with hits");

    public IndexInput(Command command)
    {
        command.Add(_input);
        command.Add(_ids);
        command.Add(_texts);
    }

    /// <summary>Whether there are vectors already, so that no model is needed.</summary>
    public bool IsVectors(ParseResult arguments) => Path.GetExtension(arguments.GetValue(_input)!) == ".npy";

    /// <summary>Reads the input, in bounded memory.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">Makes vectors of texts; null where they are there.</param>
    /// <param name="options">How to.</param>
    /// <param name="nextId">The first number for what has no id.</param>
    /// <param name="host">Standard input.</param>
    /// <param name="cancellation">Stops it.</param>
    public async IAsyncEnumerable<VectorRecord> ReadAsync(
        ParseResult arguments, SentenceTransformer? model, EncodeOptions options, long nextId, Host host, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ids = arguments.GetValue(_ids) is { } idsPath ? TextLines.Open(idsPath, host) : null;
        await using var nextIds = ids?.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        var path = arguments.GetValue(_input)!;
        var records = model is null ? VectorsAsync(path, arguments.GetValue(_texts), host, cancellation) : TextsAsync(path, model, options, host, cancellation);
        await foreach (var (record, hasId) in records.ConfigureAwait(false))
        {
            if (nextIds is null)
            {
                yield return hasId ? record : record with { Id = nextId++ };
                continue;
            }

            yield return await nextIds.MoveNextAsync().ConfigureAwait(false)
                ? record with { Id = IndexOptions.Id(nextIds.Current) }
                : throw new InputException(ids!.Name, $"there are only {ids.Count:N0} ids; each text needs one.");
        }
    }

    private static async IAsyncEnumerable<(VectorRecord Record, bool HasId)> VectorsAsync(string path, string? texts, Host host, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var lines = texts is null ? null : TextLines.Open(texts, host);
        await using var nextText = lines?.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        var vectors = NpyFile.Open(path).Read();
        for (var row = 0; row < vectors.Rows; row++)
        {
            if (nextText is not null && !await nextText.MoveNextAsync().ConfigureAwait(false))
            {
                throw new InputException(lines!.Name, $"there are {lines.Count:N0} texts for {vectors.Rows:N0} vectors; each needs one.");
            }

            yield return (new VectorRecord(0, vectors.Row(row).ToArray(), nextText?.Current), false);
        }
    }

    private static async IAsyncEnumerable<(VectorRecord Record, bool HasId)> TextsAsync(
        string path, SentenceTransformer model, EncodeOptions options, Host host, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var lines = TextLines.Open(path, host);
        var isJson = path.EndsWith(".jsonl", StringComparison.Ordinal) || path.EndsWith(".jsonl.gz", StringComparison.Ordinal);
        var waiting = new Queue<VectorRecord>();
        var withIds = new Queue<bool>();
        await foreach (var embedding in model.EncodeAsync(Texts(), options, cancellation).ConfigureAwait(false))
        {
            yield return (waiting.Dequeue() with { Vector = embedding.Vector }, withIds.Dequeue());
        }

        async IAsyncEnumerable<string> Texts()
        {
            await foreach (var line in lines.ReadAsync(cancellation).ConfigureAwait(false))
            {
                var (record, hasId) = isJson ? Parsed(lines, line) : (new VectorRecord(0, default, line), false);
                waiting.Enqueue(record);
                withIds.Enqueue(hasId);
                yield return record.Text!;
            }
        }
    }

    private static (VectorRecord Record, bool HasId) Parsed(TextLines lines, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var members = document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
            var isNumber = document.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number;
            var labels = members.Where(member => member.Key is not ("id" or "text")).ToDictionary();
            VectorId key = isNumber ? id.GetInt64() : members.GetValueOrDefault("id", "");
            return (new VectorRecord(key, default, members["text"], labels.Count > 0 ? labels : null), members.ContainsKey("id"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InputException(lines.Name, "a JSON object with a 'text', and perhaps an 'id' (a text or a whole number) and labels, is needed.", lines.Count);
        }
    }
}
