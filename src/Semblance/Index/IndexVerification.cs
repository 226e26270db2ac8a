namespace Semblance;

/// <summary>Represents the result of the verification of an index.</summary>
public sealed record IndexVerification
{
    /// <summary>Gets the problems, one sentence each with the name of the file; empty if the index is intact.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>
    /// Gets the number of vectors that cannot be reached on the lowest layer of the graph. Exact and filtered searches find them; other
    /// searches may not.
    /// </summary>
    public int Unreachable { get; private init; }

    /// <summary>Gets the number of bytes of an unacknowledged change at the end of the log; the next writer removes them.</summary>
    public long UnfinishedBytes { get; private init; }

    internal static IndexVerification Of(string folder, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var result = new IndexVerification { Problems = problems };
        if (Try(() => IndexManifest.Read(folder)) is not { } manifest)
        {
            return result;
        }

        var log = Path.Combine(folder, manifest.Log);
        IndexState? state = null;
        if (Try(() => Segment.Open(folder, manifest)) is { } segment)
        {
            var damages = segment.Damages(cancellationToken).Select(damage => $"{segment.Path}: {damage}").ToList();
            problems.AddRange(damages);
            if (damages.Count == 0)
            {
                Try<object>(() =>
                {
                    result = result with { Unreachable = segment.Unreachable() };
                    state = new IndexState(segment, manifest.Options.Similarity, log);
                    return null;
                });
            }
        }

        Try<object>(() =>
        {
            var (_, unfinished) = WriteAheadLog.Read(log, record =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (state is not null)
                {
                    LogRecord.Apply(record.Span, manifest.Dimension, log, state);
                }
            });
            result = result with { UnfinishedBytes = unfinished };
            return null;
        });
        return result;

        T? Try<T>(Func<T?> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (IndexFormatException e)
            {
                problems.Add(e.Message);
            }
            catch (FileNotFoundException e)
            {
                problems.Add($"{e.FileName}: the file is missing; restore the index, or build it again.");
            }

            return null;
        }
    }
}
