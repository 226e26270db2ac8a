namespace Semblance.Tensors;

/// <summary>
/// Represents the memory of one running computation: blocks that are leased to activations and reused as soon as they are returned. Arenas
/// themselves are pooled, so a steady stream of batches allocates nothing.
/// </summary>
internal sealed unsafe class Arena
{
    // Training holds blocks of a few sizes for long: one in the place of a much smaller one would be missing soon.
    private const int MostWaste = 2;

    // A larger arena is not kept for the next computation, except after training, which needs as much again.
    private const long LargestKept = 256L << 20;

    private static readonly System.Collections.Concurrent.ConcurrentBag<Arena> Pool = [];

    private readonly List<Block> _free = [];
    private readonly Lock _gate = new();
    private long _bytes;
    private long _leased;

    /// <summary>Gets the largest number of bytes that were leased at the same time since the arena was rented.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Takes an arena from the pool.</summary>
    public static Arena Rent()
    {
        var arena = Pool.TryTake(out var pooled) ? pooled : new Arena();
        arena.PeakBytes = 0;
        return arena;
    }

    /// <summary>Returns the arena to the pool once every lease has been returned.</summary>
    /// <param name="training"><see langword="true"/> to keep the arena in the pool whatever its size.</param>
    public void Release(bool training)
    {
        if ((training || _bytes <= LargestKept) && Pool.Count <= Environment.ProcessorCount)
        {
            Pool.Add(this);
        }
    }

    /// <summary>Leases room for <paramref name="count"/> floats, which are not initialized.</summary>
    /// <param name="count">The number of floats.</param>
    /// <param name="training"><see langword="true"/> to take no block of more than twice the size.</param>
    public Lease Take(int count, bool training)
    {
        var most = training ? (long)MostWaste * RoundUp(count) : int.MaxValue;
        lock (_gate)
        {
            _leased += (long)count * sizeof(float);
            PeakBytes = Math.Max(PeakBytes, _leased);
            int best = -1, tooSmall = -1;
            for (var i = 0; i < _free.Count; i++)
            {
                var capacity = _free[i].Capacity;
                // The smallest block that fits; of equal blocks the one returned last, which is warm in the cache.
                if (capacity >= count && capacity <= most && (best < 0 || capacity <= _free[best].Capacity))
                {
                    best = i;
                }
                else if (capacity < count && (tooSmall < 0 || capacity > _free[tooSmall].Capacity))
                {
                    tooSmall = i;
                }
            }

            if (best >= 0)
            {
                var block = _free[best];
                _free.RemoveAt(best);
                return new Lease(this, block, count);
            }

            // Drops the largest of the blocks that are too small, so that the sizes settle at what the batches need.
            if (tooSmall >= 0)
            {
                _bytes -= (long)_free[tooSmall].Capacity * sizeof(float);
                _free.RemoveAt(tooSmall);
            }

            var made = new Block(RoundUp(count));
            _bytes += (long)made.Capacity * sizeof(float);
            return new Lease(this, made, count);
        }
    }

    // Rounds up to an eighth of the next power of two, so that batches of almost equal size share blocks.
    private static int RoundUp(int count)
    {
        var step = Math.Max(1024, (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) / 8));
        return (int)Math.Min(((long)count + step - 1) / step * step, int.MaxValue - 64);
    }

    internal sealed class Block
    {
        public Block(int capacity)
        {
            Capacity = capacity;
            Memory = Tensor.AlignedMemory(capacity, out var data);
            Data = data;
        }

        public int Capacity { get; }

        public float[] Memory { get; }

        public float* Data { get; }
    }

    /// <summary>Represents one block in use.</summary>
    internal sealed class Lease(Arena arena, Block block, int count)
    {
        public float* Data => block.Data;

        public void Return()
        {
            lock (arena._gate)
            {
                arena._free.Add(block);
                arena._leased -= (long)count * sizeof(float);
            }
        }
    }
}
