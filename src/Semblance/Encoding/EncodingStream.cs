using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Encodes a stream of any length in bounded memory: while some items are encoded, the next are read and the last are returned.
/// </summary>
internal static class EncodingStream
{
    // The items that one step holds for each thread: enough to keep it busy, few enough to bound the memory.
    private const int WindowItems = 1024;
    private const int WindowCharacters = 1 << 20;

    /// <summary>Returns the results of all items, in their order.</summary>
    /// <param name="items">The items to encode.</param>
    /// <param name="length">Returns the number of characters of an item, which may be null.</param>
    /// <param name="encode">Encodes several items at once and returns one result for each.</param>
    /// <param name="cancellationToken">The token that cancels the reading; <paramref name="encode"/> must observe it itself.</param>
    /// <exception cref="TextTooLongException">
    /// Thrown by <paramref name="encode"/>; its index counts from the beginning of the stream.
    /// </exception>
    public static async IAsyncEnumerable<TResult> Run<TItem, TResult>(
        IAsyncEnumerable<TItem> items, Func<TItem, int> length, Func<List<TItem>, IEnumerable<TResult>> encode,
        [EnumeratorCancellation] CancellationToken cancellationToken)
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
                throw new TextTooLongException(first + e.Index, e.Limit, e.TokenCount);
            }
        }
    }

    private static async IAsyncEnumerable<List<TItem>> Windows<TItem>(
        IAsyncEnumerable<TItem> items, Func<TItem, int> length, [EnumeratorCancellation] CancellationToken cancellationToken)
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
