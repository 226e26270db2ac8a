using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Cli.Output;

/// <summary>Writes the results of searches: lines of rank, score and text, or a JSON object for each query.</summary>
/// <param name="host">The standard streams.</param>
/// <param name="isJson"><see langword="true"/> to write JSON; <see langword="false"/> to write lines.</param>
/// <param name="isNumbered"><see langword="true"/> if lines begin with the number of the query; otherwise, <see langword="false"/>.</param>
internal sealed class HitWriter(Host host, bool isJson, bool isNumbered)
{
    private long _query;

    /// <summary>Writes the results of a query.</summary>
    /// <param name="query">The query; <see langword="null"/> if it is a vector.</param>
    /// <param name="hits">The results, the best first.</param>
    public void Write(string? query, IEnumerable<Hit> hits)
    {
        _query++;
        if (isJson)
        {
            WriteJson(query, hits);
            return;
        }

        foreach (var (rank, hit) in hits.Index())
        {
            string?[] columns =
            [
                isNumbered ? Numbers.Invariant($"{_query}") : null,
                Numbers.Invariant($"{rank + 1}"),
                Numbers.Score(hit.Score),
                hit.Id?.ToString(),
                hit.Passage is { } place ? Numbers.Invariant($"{place.CodePointStart}-{place.CodePointEnd}") : null,
                hit.Text is { } text ? Column.Last(text) : hit.Line is { } line ? Numbers.Invariant($"{line}") : "",
            ];
            host.Text.WriteLine(string.Join('\t', columns.Where(column => column is not null)));
        }
    }

    private void WriteJson(string? query, IEnumerable<Hit> hits)
    {
        using var output = new JsonLinesWriter(host.Output);
        output.Write(json =>
        {
            if (query is not null)
            {
                json.WriteString("query", query);
            }

            json.WriteStartArray("hits");
            foreach (var (rank, hit) in hits.Index())
            {
                json.WriteStartObject();
                json.WriteNumber("rank", rank + 1);
                Write(json, hit);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, Hit hit)
    {
        json.WriteNumber("score", hit.Score);
        if (hit.Line is { } line)
        {
            json.WriteNumber("line", line);
        }

        if (hit.Id is { Text: { } name })
        {
            json.WriteString("id", name);
        }
        else if (hit.Id is { } id)
        {
            json.WriteNumber("id", id.Number);
        }

        if (hit.Passage is { } place)
        {
            json.WriteNumber("start", place.CodePointStart);
            json.WriteNumber("end", place.CodePointEnd);
        }

        if (hit.Text is not null)
        {
            json.WriteString("text", hit.Text);
        }

        foreach (var (key, value) in hit.Labels ?? new Dictionary<string, string>())
        {
            if (key is not ("rank" or "score" or "id" or "text") && (hit.Passage is null || key is not ("start" or "end")))
            {
                json.WriteString(key, value);
            }
        }
    }
}
