using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index verify</c>, which verifies the checksums of an index and measures its recall.</summary>
internal sealed class IndexVerifyCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly Option<bool> _recall = new("--recall") { Description = "Also measures the recall against exact search" };
    private readonly Option<string?> _queries = NewOption.Text(
        "--queries", "FILE", "The query vectors for the recall: .npy, .safetensors or .jsonl; default: vectors of the index itself");
    private readonly Option<int?> _count = NewOption.Count(
        "--samples", "The number of vectors of the index to use as queries; default: 200");
    private readonly Option<int?> _topK = IndexOptions.TopK();
    private readonly Option<int?> _ef = IndexOptions.Ef();
    private readonly Option<string> _format = NewOption.Format();

    public IndexVerifyCommand(Host host)
        : base("verify", "Verifies the checksums of an index, and measures its recall", host)
    {
        _place = new IndexPlace(this);
        Add(_recall);
        Add(_queries);
        Add(_count);
        Add(_topK);
        Add(_ef);
        Add(_format);
        Validators.Add(result =>
        {
            if (_place.IsTable(result) && !result.GetValue(_recall) && result.GetValue(_queries) is null)
            {
                result.AddError("PostgreSQL checks its own files (pg_amcheck); use --recall to measure the recall of the table.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var found = _place.IsTable(arguments.CommandResult) ? null : HnswIndex.Verify(_place.Name(arguments), cancellationToken);
        var isSound = found is null or { Problems.Count: 0 };
        RecallReport? recall = null;
        if (isSound && (arguments.GetValue(_recall) || arguments.GetValue(_queries) is not null))
        {
            using var open = await _place.OpenAsync(arguments, isWritten: false, cancellationToken).ConfigureAwait(false);
            var queries = arguments.GetValue(_queries) is { } path ? IndexOptions.Queries(path, open.Index) : null;
            var options = new VectorQuery
            {
                TopK = arguments.GetValue(_topK) ?? VectorQuery.Default.TopK,
                Ef = arguments.GetValue(_ef) ?? VectorQuery.Default.Ef,
            };
            recall = await open.Index.MeasureRecallAsync(
                options, queries, arguments.GetValue(_count) ?? 200, cancellationToken).ConfigureAwait(false);
        }

        if (arguments.GetValue(_format) == "json")
        {
            WriteJson(found, recall);
        }
        else
        {
            Write(found, recall);
        }

        if (!isSound)
        {
            throw new IndexFormatException(
                _place.Name(arguments),
                $"{found!.Problems.Count:N0} of its parts are damaged, as listed; restore the index, or build it again.");
        }
    }

    private void Write(IndexVerification? found, RecallReport? recall)
    {
        if (found is not null)
        {
            Write(found);
        }

        if (recall is not null)
        {
            Host.Text.WriteLine(
                Numbers.Invariant($"recall@{recall.TopK} {recall.Recall:F4} at ef {recall.Ef}, {recall.Queries:N0} queries: ")
                + Numbers.Invariant($"{recall.QueriesPerSecond:N0} queries/s, {recall.ExactQueriesPerSecond:N0} by exact search"));
        }
    }

    private void Write(IndexVerification found)
    {
        foreach (var problem in found.Problems)
        {
            Host.Text.WriteLine(problem);
        }

        if (found.Problems.Count == 0)
        {
            Host.Text.WriteLine("all checksums agree");
        }

        if (found.Unreachable > 0)
        {
            Host.Text.WriteLine(
                Numbers.Invariant($"{found.Unreachable:N0} vectors are linked from nowhere: exact searches find them, others may not"));
        }

        if (found.UnfinishedBytes > 0)
        {
            Host.Text.WriteLine(
                Numbers.Invariant($"{found.UnfinishedBytes:N0} bytes of an unfinished change at the end of the log: ")
                + "it was never acknowledged, and the next writer removes it");
        }
    }

    private void WriteJson(IndexVerification? found, RecallReport? recall)
    {
        using var output = new JsonLinesWriter(Host.Output);
        output.Write(json =>
        {
            if (found is not null)
            {
                json.WriteStrings("problems", found.Problems);
                json.WriteNumber("unreachable", found.Unreachable);
                json.WriteNumber("unfinished_bytes", found.UnfinishedBytes);
            }

            if (recall is not null)
            {
                json.WriteStartObject("recall");
                json.WriteNumber("recall", recall.Recall);
                json.WriteNumber("queries", recall.Queries);
                json.WriteNumber("top_k", recall.TopK);
                json.WriteNumber("ef", recall.Ef);
                json.WriteNumber("queries_per_second", recall.QueriesPerSecond);
                json.WriteNumber("exact_queries_per_second", recall.ExactQueriesPerSecond);
                json.WriteEndObject();
            }
        });
    }
}
