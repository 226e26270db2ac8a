using Iced.Intel;
using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Kernels.Assembled;

public unsafe class AssembledTilesTests
{
    private const byte Untouched = 0x5A;

    public static TheoryData<string, bool> Variants => VariantsOf(Enum.GetNames<TileInstruction>());

    public static TheoryData<string, bool> VariantsOfBytes => VariantsOf(
        nameof(TileInstruction.MultiplyAdd256), nameof(TileInstruction.DotProduct256), nameof(TileInstruction.DotProduct512));

    [Theory]
    [MemberData(nameof(VariantsOfBytes))]
    public void Interpreted_tiles_of_every_height_have_the_sums_of_the_definition(string name, bool windows)
    {
        var instruction = Enum.Parse<TileInstruction>(name);
        var random = new Random(1);
        for (var rows = 1; rows <= TileAssembler.MaxRows(instruction); rows++)
        {
            var code = TileAssembler.Assemble(instruction, rows, windows);
            foreach (var steps in new[] { 1, 2, 3, 9 })
            {
                var tile = new Tile(random, instruction, rows, steps);
                tile.Run(argument => new CodeInterpreter(code).Call(random, argument, windows));
                tile.Check();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_tile_keeps_the_registers_that_belong_to_the_caller(string name, bool windows)
    {
        var instruction = Enum.Parse<TileInstruction>(name);
        for (var rows = 1; rows <= TileAssembler.MaxRows(instruction); rows++)
        {
            var code = TileAssembler.Assemble(instruction, rows, windows);
            var (before, after) = (new CodeInterpreter([0xC3]), new CodeInterpreter(code)); // ret alone changes nothing
            var tile = new Tile(new Random(2), instruction, rows, 2);
            tile.Run(argument => before.Call(new Random(rows), argument, windows));
            tile.Run(argument => after.Call(new Random(rows), argument, windows));
            Register[] kept = [Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15];
            foreach (var register in windows ? [.. kept, Register.RSI, Register.RDI] : kept)
            {
                after.General(register).ShouldBe(before.General(register), $"{register}");
            }

            for (var vector = 6; windows && vector <= 15; vector++)
            {
                after.Vector(vector)[..16].SequenceEqual(before.Vector(vector)[..16]).ShouldBeTrue($"xmm{vector}");
            }
        }
    }

    [Fact]
    public void Each_variant_multiplies_with_its_own_instruction()
    {
        Executed(TileInstruction.DotProduct512).ShouldContain("64: Vpdpbusd");
        Executed(TileInstruction.DotProduct256).ShouldContain("32: Vpdpbusd");
        Executed(TileInstruction.BFloat16DotProduct512).ShouldContain("64: Vdpbf16ps");
        Executed(TileInstruction.MultiplyAdd256).ShouldContain("32: Vpmaddubsw");

        static HashSet<string> Executed(TileInstruction instruction)
        {
            var interpreter = new CodeInterpreter(TileAssembler.Assemble(instruction, 1, windows: false));
            new Tile(new Random(1), instruction, 1, 1).Run(argument => interpreter.Call(new Random(1), argument, windows: false));
            return interpreter.Executed;
        }
    }

    [Fact]
    public void Tiles_run_where_the_processor_has_the_instruction()
    {
        foreach (var instruction in OfProcessor())
        {
            var tiles = AssembledTiles.Create(instruction);
            if (tiles is null)
            {
                continue; // the system does not permit executable memory
            }

            var random = new Random(3);
            for (var rows = 1; rows <= 3 * tiles.Rows; rows++)
            {
                foreach (var steps in new[] { 0, 1, 2, 9, 300 })
                {
                    var tile = new Tile(random, instruction, rows, steps);
                    tile.Run(argument => tiles.Multiply(
                        (float*)argument->A, argument->StrideA / sizeof(float), rows, (float*)argument->Panel, steps, (float*)argument->C));
                    tile.Check();
                }
            }
        }
    }

    [Fact]
    public void Products_with_assembled_tiles_have_the_bits_of_compiled_ones_on_every_instruction_set()
    {
        foreach (var (instruction, set) in OfProcessor().SelectMany(_ => InstructionSets.Available, (one, set) => (one, set)))
        {
            var tiles = AssembledTiles.Create(instruction);
            foreach (var (outputs, inputs) in new[] { (1, 1), (7, 5), (16, 34), (17, 100), (33, 3), (70, 64), (40, 4096) })
            {
                var matrix = new PreparedMatrix(TestTensors.Random(1, outputs, inputs));
                var bias = TestTensors.Random(2, outputs);
                var compiled = PackedMatrix.Of(matrix, set, ComputeType.Int8);
                var assembled = PackedMatrix.Of(matrix, set, ComputeType.Int8, tiles: tiles);
                for (var rows = 1; rows <= 64; rows += rows < 14 ? 1 : 7)
                {
                    var x = TestTensors.Random(rows, rows, inputs);
                    using var run = new Computation(instructions: set, compute: ComputeType.Int8);
                    MatrixProductOperation.Product(run, x, assembled, bias, Activation.Gelu).Values
                        .SequenceEqual(MatrixProductOperation.Product(run, x, compiled, bias, Activation.Gelu).Values)
                        .ShouldBeTrue($"{instruction} on {set}: {rows} × {inputs} → {outputs}");
                }
            }
        }
    }

    [Theory]
    [InlineData("DotProduct512", InstructionSet.Avx512, false, "DotProduct512")]
    [InlineData("DotProduct512", InstructionSet.Avx2, false, null)] // the runtime avoids 512-bit registers
    [InlineData("DotProduct512", InstructionSet.Avx2, true, "DotProduct512")]
    [InlineData("DotProduct512", InstructionSet.Portable, true, "DotProduct512")]
    [InlineData("BFloat16DotProduct512", InstructionSet.Avx512, false, "BFloat16DotProduct512")]
    [InlineData("BFloat16DotProduct512", InstructionSet.Avx2, false, null)]
    [InlineData("BFloat16DotProduct512", InstructionSet.Portable, true, "BFloat16DotProduct512")]
    [InlineData("DotProduct256", InstructionSet.Avx2, false, null)] // the compiler has an intrinsic
    [InlineData("DotProduct256", InstructionSet.Avx2, true, "DotProduct256")]
    [InlineData("MultiplyAdd256", InstructionSet.Avx2, true, null)]
    [InlineData("MultiplyAdd256", InstructionSet.Portable, true, "MultiplyAdd256")]
    [InlineData(null, InstructionSet.AdvSimd, true, null)]
    public void Assembled_tiles_are_chosen_where_compiled_code_is_slower(
        string? processor, InstructionSet current, bool ahead, string? chosen)
    {
        var best = processor is null ? (TileInstruction?)null : Enum.Parse<TileInstruction>(processor);
        AssembledTiles.Choose(current, null, ahead, best)?.ToString().ShouldBe(chosen);
        AssembledTiles.Choose(current, "avx2", ahead, best).ShouldBeNull(); // a set that is named is used as it was compiled
    }

    private static TheoryData<string, bool> VariantsOf(params IEnumerable<string> instructions)
    {
        var variants = new TheoryData<string, bool>();
        foreach (var instruction in instructions)
        {
            variants.Add(instruction, false);
            variants.Add(instruction, true);
        }

        return variants;
    }

    private static IEnumerable<TileInstruction> OfProcessor() => ProcessorInstructions.Bytes switch
    {
        TileInstruction.DotProduct512 => [TileInstruction.MultiplyAdd256, TileInstruction.DotProduct512],
        TileInstruction.DotProduct256 => [TileInstruction.MultiplyAdd256, TileInstruction.DotProduct256],
        TileInstruction.MultiplyAdd256 => [TileInstruction.MultiplyAdd256],
        _ => [],
    };

    // Random rows and a random panel, with the extreme values among them, and memory around the sums that must not change.
    private sealed class Tile
    {
        private readonly byte[] _a;
        private readonly sbyte[] _panel;
        private readonly int[] _sums;
        private readonly int _rows;
        private readonly int _steps;
        private readonly int _width;
        private readonly int _stride;

        public Tile(Random random, TileInstruction instruction, int rows, int steps)
        {
            (_rows, _steps, _width, _stride) = (rows, steps, TileAssembler.RegisterBytes(instruction) / 2, (4 * steps) + 20);
            (_a, _panel) = (new byte[rows * _stride], new sbyte[4 * _width * steps]);
            _sums = new int[(rows + 2) * _width];
            random.NextBytes(_a);
            for (var i = 0; i < _panel.Length; i++)
            {
                _panel[i] = (sbyte)random.Next(-QuantizedMatrix.LargestWeight, QuantizedMatrix.LargestWeight + 1);
            }

            _a.AsSpan(0, _stride).Fill(byte.MaxValue);
            _panel.AsSpan(0, Math.Min(_panel.Length, 8)).Fill(QuantizedMatrix.LargestWeight);
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(_sums.AsSpan()).Fill(Untouched);
        }

        public delegate void Code(TileArgument* argument);

        public void Run(Code code)
        {
            fixed (byte* a = _a)
            fixed (sbyte* panel = _panel)
            fixed (int* sums = _sums)
            {
                var argument = new TileArgument((nint)a, _stride, (nint)panel, _steps, (nint)(sums + _width), (nint)_width * sizeof(int));
                code(&argument);
            }
        }

        public void Check()
        {
            for (var row = 0; row < _rows; row++)
            {
                for (var column = 0; column < _width; column++)
                {
                    var sum = 0;
                    for (var k = 0; k < 4 * _steps; k++)
                    {
                        sum += _a[(row * _stride) + k] * _panel[((k / 4) * 4 * _width) + (4 * column) + (k % 4)];
                    }

                    _sums[((row + 1) * _width) + column].ShouldBe(sum, $"{_rows} rows, {_steps} steps: row {row}, column {column}");
                }
            }

            var untouched = Untouched * 0x0101_0101;
            _sums[.._width].ShouldAllBe(value => value == untouched);
            _sums[^_width..].ShouldAllBe(value => value == untouched);
        }
    }
}
