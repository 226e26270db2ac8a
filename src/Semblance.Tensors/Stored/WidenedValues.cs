using System.Runtime.InteropServices;

namespace Semblance.Tensors;

/// <summary>
/// Represents the elements of a tensor in another type, and their float32 copy while there is one. The copy is made when an operation needs
/// the address of the elements, and is native memory so that releasing it returns it at once.
/// </summary>
/// <param name="stored">The elements in their stored type.</param>
/// <param name="count">The number of elements.</param>
internal sealed unsafe class WidenedValues(IStoredValues stored, int count)
{
    private readonly Lock _gate = new();
    private nint _data;

    ~WidenedValues() => Release();

    /// <summary>Gets the elements in their stored type.</summary>
    public IStoredValues Stored => stored;

    /// <summary>Gets the address of the float32 copy, which is made now if there is none.</summary>
    public float* Data => (float*)(Volatile.Read(ref _data) is var data and not 0 ? data : Widen());

    private long ByteCount => Math.Max(1, (long)count * sizeof(float));

    /// <summary>Releases the float32 copy, whose address must not be in use.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _data, 0) is var data and not 0)
        {
            NativeMemory.AlignedFree((void*)data);
            GC.RemoveMemoryPressure(ByteCount);
        }
    }

    private nint Widen()
    {
        lock (_gate)
        {
            if (_data == 0)
            {
                var data = (float*)NativeMemory.AlignedAlloc((nuint)ByteCount, Tensor.Alignment);
                GC.AddMemoryPressure(ByteCount);
                stored.CopyTo(0, new Span<float>(data, count));
                Volatile.Write(ref _data, (nint)data);
            }

            return _data;
        }
    }
}
