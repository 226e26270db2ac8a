namespace Semblance;

/// <summary>Tracks the k-th largest of all added numbers; thread-safe.</summary>
/// <param name="k">The rank, from 1 on.</param>
internal sealed class KthLargest(int k)
{
    private readonly Lock _gate = new();
    private float[] _heap = []; // binary: no number is larger than the two at twice its place plus one and two
    private int _count;

    /// <summary>Adds numbers, none of which is NaN.</summary>
    /// <returns>The k-th largest; −∞ if there are fewer.</returns>
    public float Add(ReadOnlySpan<float> values)
    {
        lock (_gate)
        {
            foreach (var value in values)
            {
                if (_count < k)
                {
                    Append(value);
                }
                else if (value > _heap[0])
                {
                    ReplaceSmallest(value);
                }
            }

            return _count < k ? float.NegativeInfinity : _heap[0];
        }
    }

    private void Append(float value)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, (int)Math.Min(k, Math.Max(16L, 2L * _count)));
        }

        var place = _count++;
        for (; place > 0 && _heap[(place - 1) / 2] > value; place = (place - 1) / 2)
        {
            _heap[place] = _heap[(place - 1) / 2];
        }

        _heap[place] = value;
    }

    private void ReplaceSmallest(float value)
    {
        var heap = _heap.AsSpan(0, _count);
        var place = 0;
        for (var child = 1; child < heap.Length; child = (2 * place) + 1)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= value)
            {
                break;
            }

            heap[place] = heap[child];
            place = child;
        }

        heap[place] = value;
    }
}
