using System.Runtime.InteropServices;

namespace Semblance;

/// <summary>Represents unmanaged memory, aligned to a cache line, for arrays as large as an index.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private T* _data;

    /// <param name="length">The number of elements.</param>
    /// <param name="fill">The initial value of every byte.</param>
    public NativeArray(long length, byte fill = 0)
    {
        Length = length;
        var bytes = (nuint)Math.Max(1, length * sizeof(T));
        _data = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Fill(_data, bytes, fill);
    }

    ~NativeArray() => Free();

    public long Length { get; }

    public T* Data => _data;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
