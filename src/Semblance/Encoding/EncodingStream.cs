using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Encoding a stream of any length in bounded memory: while some items are encoded, the next are read and the last are handed out.</summary>
internal static class EncodingStream
{
    // What one step holds for each thread: enough to keep it busy, small enough to stay small.
    private const int WindowItems = 1024;
    private const int WindowCharacters = 1 << 20;

    /// <summary>The results of all items, in their order.</summary>
    /// <param name="items">What to encode.</param>
    /// <param name="length">How many characters an item has; it may be null.</param>
    /// <param name="encode">Encodes some items at once: one result for each.</param>
    /// <param name="cancellationToken">Stops the reading; it is for <paramref name="encode"/> to stop itself.</param>
    /// <exception cref="TextTooLongException">Thrown by <paramref name="encode"/>; its place is counted from the stream's beginning.</exception>
    public static async IAsyncEnumerable<TResult> Run<TItem, TResult>(
        IAsyncEnumerable<TItem> items, Func<TItem, int> length, Func<List<TItem>, IEnumerable<TResult>> encode, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<IEnumerable<TResult>>? encoding = null;
        long encoded = 0;
        await foreach (var window in Windows(items, length, cancellationToken).ConfigureAwait(false))
        {
            var finished = encoding is null ? [] : await encoding.ConfigureAwait(false);
            var first = encoded;
            encoding = Task.Run(() => Encode(window, first), cancellationToken);
            encoded += window.Count;
            foreach (var result in finished)
            {
                yield return result;
            }
        }

        foreach (var result in encoding is null ? [] : await encoding.ConfigureAwait(false))
        {
            yield return result;
        }

        IEnumerable<TResult> Encode(List<TItem> window, long first)
        {
            try
            {
                return encode(window);
            }
            catch (TextTooLongException e)
            {
                throw new TextTooLongException((int)Math.Min(int.MaxValue, first + e.Index), e.Limit);
            }
        }
    }

    private static async IAsyncEnumerable<List<TItem>> Windows<TItem>(IAsyncEnumerable<TItem> items, Func<TItem, int> length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = new List<TItem>();
        long characters = 0;
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            window.Add(item);
            characters += length(item);
            if (window.Count >= WindowItems * Workers.Shared.Count || characters >= (long)WindowCharacters * Workers.Shared.Count)
            {
                yield return window;
                (window, characters) = ([], 0);
            }
        }

        if (window.Count > 0)
        {
            yield return window;
        }
    }
}
