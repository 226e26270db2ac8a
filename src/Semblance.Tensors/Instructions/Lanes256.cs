using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Semblance.Tensors.Instructions;

/// <summary>Represents 256-bit registers: AVX2 with FMA, which has 16 of them.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    public static int TileRows => 6;

    public static Lanes256 Zero => new(Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalf(Half* source) =>
        new((Vector256.ShiftLeft(Avx2.ConvertToVector256Int32((short*)source), 13)
            & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SquareRoot(Lanes256 a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Round(Lanes256 a) => new(Vector256.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Scale(Lanes256 a, Lanes256 whole)
    {
        // In two halves, because 2¹²⁸ itself is not a finite float.
        var half = Vector256.Round(whole._value * 0.5f);
        return new(a._value * PowerOfTwo(half) * PowerOfTwo(whole._value - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ScaleNormal(Lanes256 a, Lanes256 whole) => new(a._value * PowerOfTwo(whole._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 CopySign(Lanes256 magnitude, Lanes256 sign) => new(Vector256.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectLess(Lanes256 a, Lanes256 b, Lanes256 whenTrue, Lanes256 whenFalse) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 a) => Vector256.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 a) =>
        Lanes128.Largest(new(Vector128.MaxNative(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<float> whole) =>
        Vector256.ShiftLeft(Vector256.ConvertToInt32Native(whole) + Vector256.Create(127), 23).AsSingle();

    public static int ByteOffset => 0;

    public static int ByteTileRows => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        var whole = Avx.ConvertToVector256Int32(_value);
        var shorts = Sse2.PackSignedSaturate(whole.GetLower(), whole.GetUpper());
        *(ulong*)destination = Sse2.PackUnsignedSaturate(shorts, shorts).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d, byte* destination)
    {
        // Both packing instructions work within 128 bits, so the groups of four bytes are put in order afterwards.
        var first = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(a._value), Avx.ConvertToVector256Int32(b._value));
        var second = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(c._value), Avx.ConvertToVector256Int32(d._value));
        Avx2.PermuteVar8x32(Avx2.PackUnsignedSaturate(first, second).AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7))
            .AsByte().Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddByteProducts(Lanes256 sum, Lanes256 input, Lanes256 weight) =>
        new((AvxVnni.IsSupported
            ? AvxVnni.MultiplyWideningAndAdd(sum._value.AsInt32(), input._value.AsByte(), weight._value.AsSByte())
            : sum._value.AsInt32() + Avx2.MultiplyAddAdjacent(
                Avx2.MultiplyAddAdjacent(input._value.AsByte(), weight._value.AsSByte()), Vector256<short>.One)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractProduct(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.ConvertToSingle(a._value.AsInt32() - (b._value.AsInt32() * c._value.AsInt32())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 RoundToBFloat16(Lanes256 a)
    {
        var bits = a._value.AsInt32();
        var rounded = (bits + Vector256.Create(0x7FFF) + (Vector256.ShiftRightLogical(bits, 16) & Vector256<int>.One))
            & Vector256.Create(unchecked((int)0xFFFF0000));
        var isRounded = Vector256.LessThan(Vector256.Abs(a._value).AsInt32(), Vector256.Create(0x7F7F8000));
        return new(Vector256.ConditionalSelect(isRounded, rounded, bits).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LowerBFloat16(Lanes256 a) => new(Vector256.ShiftLeft(a._value.AsUInt32(), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 UpperBFloat16(Lanes256 a) => new((a._value.AsUInt32() & Vector256.Create(0xFFFF0000u)).AsSingle());
}
