using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Semblance.Tensors.Instructions;

/// <summary>Represents 128-bit registers: AdvSimd, which has 32 of them.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> _value = value;

    public static int Count => Vector128<float>.Count;

    public static int TileRows => 14;

    public static Lanes128 Zero => new(Vector128<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalf(Half* source) =>
        new((Vector128.ShiftLeft(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16()), 13)
            & Vector128.Create(unchecked((int)0x8FFFE000))).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 a, Lanes128 b) => new(Vector128.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SquareRoot(Lanes128 a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(Vector128.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Round(Lanes128 a) => new(Vector128.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Scale(Lanes128 a, Lanes128 whole)
    {
        // In two halves, because 2¹²⁸ itself is not a finite float.
        var half = Vector128.Round(whole._value * 0.5f);
        return new(a._value * PowerOfTwo(half) * PowerOfTwo(whole._value - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ScaleNormal(Lanes128 a, Lanes128 whole) => new(a._value * PowerOfTwo(whole._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 CopySign(Lanes128 magnitude, Lanes128 sign) => new(Vector128.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectLess(Lanes128 a, Lanes128 b, Lanes128 whenTrue, Lanes128 whenFalse) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 a) => Vector128.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 a)
    {
        var pairs = Vector128.MaxNative(a._value, Vector128.Shuffle(a._value, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(pairs.GetElement(0), pairs.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<float> whole) =>
        Vector128.ShiftLeft(Vector128.ConvertToInt32Native(whole) + Vector128.Create(127), 23).AsSingle();

    // Arm multiplies signed bytes; the wider x86 registers take the bytes as they are.
    public static int ByteOffset => Dp.IsSupported ? 128 : 0;

    public static int ByteTileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        var limited = Vector128.MinNative(Vector128.MaxNative(_value, Vector128<float>.Zero), Vector128.Create(255f));
        var shorts = Vector128.Narrow(Vector128.ConvertToInt32Native(Vector128.Round(limited)), Vector128<int>.Zero);
        *(uint*)destination = Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar() ^ (Dp.IsSupported ? 0x80808080u : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddByteProducts(Lanes128 sum, Lanes128 input, Lanes128 weight)
    {
        if (Dp.IsSupported)
        {
            return new(Dp.DotProduct(sum._value.AsInt32(), input._value.AsSByte(), weight._value.AsSByte()).AsSingle());
        }

        // Two products with a byte fit 16 bits.
        var low = Vector128.WidenLower(input._value.AsByte()).AsInt16() * Vector128.WidenLower(weight._value.AsSByte());
        var high = Vector128.WidenUpper(input._value.AsByte()).AsInt16() * Vector128.WidenUpper(weight._value.AsSByte());
        var pairs = Vector128.Narrow(SumPairs(low), SumPairs(high));
        return new((sum._value.AsInt32() + SumPairs(pairs)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractProduct(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(Vector128.ConvertToSingle(a._value.AsInt32() - (b._value.AsInt32() * c._value.AsInt32())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 RoundToBFloat16(Lanes128 a)
    {
        var bits = a._value.AsInt32();
        var rounded = (bits + Vector128.Create(0x7FFF) + (Vector128.ShiftRightLogical(bits, 16) & Vector128<int>.One))
            & Vector128.Create(unchecked((int)0xFFFF0000));
        var isRounded = Vector128.LessThan(Vector128.Abs(a._value).AsInt32(), Vector128.Create(0x7F7F8000));
        return new(Vector128.ConditionalSelect(isRounded, rounded, bits).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LowerBFloat16(Lanes128 a) => new(Vector128.ShiftLeft(a._value.AsUInt32(), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 UpperBFloat16(Lanes128 a) => new((a._value.AsUInt32() & Vector128.Create(0xFFFF0000u)).AsSingle());

    // Adds each two neighbors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumPairs(Vector128<short> a) =>
        Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(a.AsInt32(), 16), 16) + Vector128.ShiftRightArithmetic(a.AsInt32(), 16);
}
