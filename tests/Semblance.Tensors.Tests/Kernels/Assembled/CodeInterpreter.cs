using System.Runtime.InteropServices;
using Iced.Intel;

namespace Semblance.Tensors.Tests.Kernels.Assembled;

/// <summary>
/// Executes assembled code one instruction at a time, so that code for other processors and calling conventions is tested on this one. It
/// knows the instructions that the assembler of tiles writes, and reads and writes the memory of this process.
/// </summary>
internal sealed unsafe class CodeInterpreter
{
    private const int RegisterBytes = 64;
    private const int StackBytes = 4096;

    private readonly Dictionary<ulong, Instruction> _code = [];
    private readonly ulong[] _general = new ulong[16];
    private readonly byte[][] _vectors = [.. Enumerable.Range(0, 32).Select(_ => new byte[RegisterBytes])];
    private bool _isZero;

    public CodeInterpreter(byte[] code)
    {
        var decoder = Decoder.Create(64, code);
        while (decoder.IP < (ulong)code.Length)
        {
            var instruction = decoder.Decode();
            instruction.IsInvalid.ShouldBeFalse();
            _code.Add(instruction.IP, instruction);
        }
    }

    /// <summary>Gets the names of the vector instructions that were executed, and the largest size of a register.</summary>
    public HashSet<string> Executed { get; } = [];

    public ReadOnlySpan<byte> Vector(int index) => _vectors[index];

    public ulong General(Register register) => _general[register - Register.RAX];

    /// <summary>Calls the code with one argument; all registers contain random numbers before.</summary>
    public void Call(Random random, void* argument, bool windows)
    {
        random.NextBytes(MemoryMarshal.AsBytes(_general.AsSpan()));
        foreach (var vector in _vectors)
        {
            random.NextBytes(vector);
        }

        var stack = stackalloc byte[StackBytes];
        _general[Register.RSP - Register.RAX] = (ulong)(stack + StackBytes);
        _general[(windows ? Register.RCX : Register.RDI) - Register.RAX] = (ulong)argument;
        for (ulong address = 0; _code[address] is var instruction && instruction.Mnemonic != Mnemonic.Ret;)
        {
            Executed.Add($"{instruction.Op0Register.GetInfo().Size}: {instruction.Mnemonic}");
            Execute(instruction);
            address = instruction.Mnemonic == Mnemonic.Jne && !_isZero ? instruction.NearBranchTarget : instruction.NextIP;
        }

        General(Register.RSP).ShouldBe((ulong)(stack + StackBytes));
    }

    private void Execute(Instruction code)
    {
        switch (code.Mnemonic)
        {
            case Mnemonic.Mov:
                SetGeneral(code.Op0Register, code.Op1Kind == OpKind.Memory ? *(ulong*)Address(code, 1) : General(code.Op1Register));
                break;
            case Mnemonic.Lea:
                SetGeneral(code.Op0Register, (ulong)Address(code, 1));
                break;
            case Mnemonic.Add:
                SetGeneral(code.Op0Register, General(code.Op0Register) + Second(code));
                break;
            case Mnemonic.Sub:
                SetGeneral(code.Op0Register, General(code.Op0Register) - Second(code));
                break;
            case Mnemonic.Dec:
                SetGeneral(code.Op0Register, General(code.Op0Register) - 1);
                _isZero = General(code.Op0Register) == 0;
                break;
            case Mnemonic.Push:
                SetGeneral(Register.RSP, General(Register.RSP) - 8);
                *(ulong*)General(Register.RSP) = General(code.Op0Register);
                break;
            case Mnemonic.Pop:
                SetGeneral(code.Op0Register, *(ulong*)General(Register.RSP));
                SetGeneral(Register.RSP, General(Register.RSP) + 8);
                break;
            case Mnemonic.Jne:
                break;
            case Mnemonic.Vzeroupper:
                foreach (var vector in _vectors.AsSpan(0, 16))
                {
                    vector.AsSpan(16).Clear();
                }

                break;
            case Mnemonic.Vmovdqu or Mnemonic.Vmovdqu32 when code.Op0Kind == OpKind.Memory:
                Source(code, 1, SizeOf(code.Op1Register)).CopyTo(new Span<byte>(Address(code, 0), SizeOf(code.Op1Register)));
                break;
            default:
                var result = Compute(code, SizeOf(code.Op0Register));
                var target = _vectors[NumberOf(code.Op0Register)];
                target.AsSpan().Clear(); // the rest of a register becomes zero
                result.CopyTo(target.AsSpan());
                break;
        }
    }

    private byte[] Compute(Instruction code, int size)
    {
        var result = new byte[size];
        var ints = MemoryMarshal.Cast<byte, int>(result.AsSpan());
        var shorts = MemoryMarshal.Cast<byte, short>(result.AsSpan());
        var first = Source(code, 1, code.Mnemonic == Mnemonic.Vpbroadcastd ? sizeof(int) : size);
        var second = code.OpCount > 2 && code.Op2Kind != OpKind.Immediate8 ? Source(code, 2, size) : [];
        var firstShorts = MemoryMarshal.Cast<byte, short>(first.AsSpan());
        var secondShorts = MemoryMarshal.Cast<byte, short>(second.AsSpan());
        switch (code.Mnemonic)
        {
            case Mnemonic.Vmovdqu or Mnemonic.Vmovdqu32:
                return first;
            case Mnemonic.Vpbroadcastd:
                ints.Fill(MemoryMarshal.Read<int>(first));
                return result;
            case Mnemonic.Vpxor or Mnemonic.Vpxord:
                for (var i = 0; i < size; i++)
                {
                    result[i] = (byte)(first[i] ^ second[i]);
                }

                return result;
            case Mnemonic.Vpcmpeqw:
                for (var i = 0; i < shorts.Length; i++)
                {
                    shorts[i] = (short)(firstShorts[i] == secondShorts[i] ? -1 : 0);
                }

                return result;
            case Mnemonic.Vpsrlw:
                for (var i = 0; i < shorts.Length; i++)
                {
                    shorts[i] = (short)((ushort)firstShorts[i] >> code.Immediate8);
                }

                return result;
            case Mnemonic.Vpmaddubsw:
                for (var i = 0; i < shorts.Length; i++)
                {
                    var sum = (first[2 * i] * (sbyte)second[2 * i]) + (first[(2 * i) + 1] * (sbyte)second[(2 * i) + 1]);
                    shorts[i] = (short)Math.Clamp(sum, short.MinValue, short.MaxValue);
                }

                return result;
            case Mnemonic.Vpmaddwd:
                for (var i = 0; i < ints.Length; i++)
                {
                    ints[i] = (firstShorts[2 * i] * secondShorts[2 * i]) + (firstShorts[(2 * i) + 1] * secondShorts[(2 * i) + 1]);
                }

                return result;
            case Mnemonic.Vpaddd:
                for (var i = 0; i < ints.Length; i++)
                {
                    ints[i] = BitConverter.ToInt32(first, 4 * i) + BitConverter.ToInt32(second, 4 * i);
                }

                return result;
            case Mnemonic.Vpdpbusd:
                Vector(NumberOf(code.Op0Register))[..size].CopyTo(result);
                for (var i = 0; i < size; i++)
                {
                    ints[i / 4] += first[i] * (sbyte)second[i];
                }

                return result;
            case Mnemonic.Vdpbf16ps:
                var sums = MemoryMarshal.Cast<byte, float>(result.AsSpan());
                Vector(NumberOf(code.Op0Register))[..size].CopyTo(result);
                for (var i = 0; i < sums.Length; i++)
                {
                    for (var k = 1; k >= 0; k--)
                    {
                        var (x, y) = (Widened(firstShorts[(2 * i) + k]), Widened(secondShorts[(2 * i) + k]));
                        sums[i] = WithoutDenormals(MathF.FusedMultiplyAdd(x, y, WithoutDenormals(sums[i])));
                    }
                }

                return result;
            default:
                throw new NotSupportedException($"{code} is not interpreted.");
        }
    }

    private static float Widened(short bits) => WithoutDenormals(BitConverter.Int32BitsToSingle(bits << 16));

    private static float WithoutDenormals(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private byte[] Source(Instruction code, int operand, int size) => code.GetOpKind(operand) == OpKind.Memory
        ? new ReadOnlySpan<byte>(Address(code, operand), size).ToArray()
        : Vector(NumberOf(code.GetOpRegister(operand)))[..size].ToArray();

    private ulong Second(Instruction code) => code.Op1Kind == OpKind.Register ? General(code.Op1Register) : code.GetImmediate(1);

    // A segment register begins at 0.
    private byte* Address(Instruction code, int operand) => (byte*)code.GetVirtualAddress(
        operand, 0, (register, _, _) => register is >= Register.RAX and <= Register.R15 ? General(register) : 0);

    private void SetGeneral(Register register, ulong value) => _general[register - Register.RAX] = value;

    private static int SizeOf(Register register) => register.GetInfo().Size;

    private static int NumberOf(Register register) => register.GetInfo().Number;
}
